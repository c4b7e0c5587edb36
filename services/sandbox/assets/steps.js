// What is decided without looking at the page.

const way = ["queued", "sent", "delivered", "read"];
const place = (status) => way.indexOf(status === "accepted" ? "queued" : status);

// next is the status to show of a message that is sent, after the shown one, when news came: one step at a time, and what
// lies on no way at once.
export function next(shown, news) {
  const from = place(shown), to = place(news);
  return from >= 0 && to > from ? way[from + 1] : news;
}

// putBack is what a box holds after a text was refused: behind what was refused before it, which is the first back letters,
// and ahead of what has been written since.
export function putBack(value, back, text) {
  const before = value.slice(0, back), since = value.slice(back).replace(/^\n/, "");
  const refused = before + (before && "\n") + text;
  return { value: refused + (since && "\n") + since, back: refused.length };
}
