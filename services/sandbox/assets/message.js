// What a message looks like. Everything that came from outside is set as text, never as HTML.

import { data } from "./api.js";
import { next } from "./steps.js";

export const { t, lang } = data;

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== ""));
  return node;
}

const svg = "http://www.w3.org/2000/svg";
const shapes = {
  queued: ["M9 3a6 6 0 1 0 0 12A6 6 0 0 0 9 3Z", "M9 6v3.5l2.4 1.4"],
  sent: ["m4 9.5 3.5 3.5L14 5.5"],
  delivered: ["m1 9.5 3.5 3.5L11 5.5", "m8.5 12.5.5.5L16 5.5"],
  failed: ["m5 5 8 8", "m13 5-8 8"],
};
shapes.accepted = shapes.queued;
shapes.read = shapes.delivered;

function ticks(status) {
  if (!shapes[status]) return "";
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", "0 0 18 18");
  picture.setAttribute("class", "ticks " + status);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", t[status]);
  const title = document.createElementNS(svg, "title");
  title.textContent = t[status];
  picture.append(title);
  for (const d of shapes[status]) {
    const path = document.createElementNS(svg, "path");
    path.setAttribute("d", d);
    picture.append(path);
  }
  return picture;
}

// Only web links become links: a message may hold anything.
function link(url) {
  return /^https?:\/\//i.test(url) ? url : undefined;
}

function attachment(a = {}) {
  const href = link(a.url);
  const name = a.fileName || (a.url || "").split(/[?#]/)[0].split("/").pop() || a.url;
  const anchor = el("a", { href, target: "_blank", rel: "noopener noreferrer", class: "file" }, name);
  if (!href) return [anchor];
  switch (a.type) {
    case "image": {
      const picture = el("img", { src: href, alt: a.description || name, loading: "lazy", referrerpolicy: "no-referrer" });
      picture.addEventListener("error", () => picture.remove()); // the link is still there
      return [picture, a.description ? el("p", {}, a.description) : "", anchor];
    }
    case "audio":
      return [el("audio", { src: href, controls: true, preload: "metadata" }), anchor];
    case "video":
      return [el("video", { src: href, controls: true, preload: "metadata" }), anchor];
    default:
      return [anchor];
  }
}

function place(m) {
  const at = m.latitude + ", " + m.longitude;
  const href = "https://www.openstreetmap.org/?mlat=" + encodeURIComponent(m.latitude) + "&mlon=" + encodeURIComponent(m.longitude);
  return [
    el("p", { class: "place" }, m.address || at),
    m.address ? el("p", { class: "small" }, at) : "",
    el("a", { href, target: "_blank", rel: "noopener noreferrer" }, t.open_map),
  ];
}

// words is a line for the inbox.
export function words(m = {}) {
  switch (m.type) {
    case "text": return m.text;
    case "attachment": return t[m.attachment?.type] || t.attachment;
    case "location": return m.address || t.location;
    case "quick_reply": return m.title;
    default: return m.type || "";
  }
}

function content(m, tap) {
  switch (m.type) {
    case "text":
      return [el("p", {}, m.text)];
    case "attachment":
      return attachment(m.attachment);
    case "location":
      return place(m);
    case "quick_reply":
      return [el("p", {}, m.title), el("div", { class: "replies" }, ...(m.replies || []).map((reply) =>
        tap ? el("button", { type: "button", onclick: () => tap(reply) }, reply) : el("span", {}, reply)))];
    default:
      return [el("pre", {}, JSON.stringify(m))];
  }
}

export function clock(time) {
  return new Date(time).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

// warn puts a warning into words: what stands before the colon is a kind, the rest says what it is about.
export function warn(warning) {
  const [, kind, rest] = /^(\w+)(?::\s*(.*))?$/s.exec(warning) || [, "", warning];
  return (t["warn_" + kind] || t.warning) + (rest ? ": " + rest : "");
}

// copy puts a text into the clipboard; false where the browser does not let it.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // an old browser, or a page that is not on this machine
    const field = el("textarea", { class: "unseen", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

// copier is the button that copies an entry's mId.
function copier() {
  const button = el("button", { type: "button", class: "copy", hidden: true, onclick: async () => {
    const said = (await copy(button.dataset.mid)) ? t.copied : button.dataset.mid;
    button.textContent = said;
    document.getElementById("said").textContent = said;
    setTimeout(() => button.textContent = "mId", 1500);
  } }, "mId");
  return button;
}

// bubble is one entry of a list. Tap is called with a quick reply; without it they are only shown.
export function bubble(e, tap) {
  const foot = el("div", { class: "foot" }, copier(), el("p", { class: "meta" }));
  const node = el("li", {}, ...content(e.message || {}, tap), el("div", { class: "state" }), foot);
  draw(node, e);
  return node;
}

// draw shows what can change of an entry; a film that plays goes on playing.
function draw(node, e) {
  node.className = "bubble " + e.direction + " " + e.status;
  node.dataset.status = e.status;
  const button = node.querySelector(".copy");
  button.hidden = !e.mId;
  button.dataset.mid = e.mId || "";
  button.title = "mId " + e.mId;
  button.setAttribute("aria-label", t.copy_mid + " " + e.mId);
  node.querySelector(".state").replaceChildren(
    ...(e.reason ? [el("p", { class: "why" }, (t[e.status] || e.status) + ": " + (e.reasons?.[lang] || e.reason))] : []),
    ...e.warnings.map((w) => el("p", { class: "warning" }, warn(w))));
  node.querySelector(".meta").replaceChildren(
    e.echo ? t.echo + " · " : "",
    el("time", { datetime: new Date(e.time).toISOString() }, clock(e.time)),
    e.direction === "out" ? ticks(e.status) : "");
}

// Receipts come within milliseconds: each step of a message that is sent is shown for long enough to be seen, and none is
// left out.
const seen = 600; // milliseconds
const latest = new WeakMap(); // the newest news of an entry whose last step is still to be seen

// refresh brings news of an entry.
export function refresh(node, e) {
  if (latest.has(node)) latest.set(node, e);
  else step(node, e);
}

function step(node, e) {
  const before = node.dataset.status;
  const status = e.direction === "out" ? next(before, e.status) : e.status;
  draw(node, { ...e, status });
  if (e.direction !== "out" || status === before) return;
  latest.set(node, e);
  setTimeout(() => {
    const news = latest.get(node);
    latest.delete(node);
    if (news !== e || news.status !== status) step(node, news);
  }, seen);
}
