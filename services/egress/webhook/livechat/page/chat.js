// The visitor's page. It says one thing after the other and waits for each answer; what has none is said again, by the same id.
const words = {
  en: { shop: "The corner bookshop", about: "A website with a live chat of its own, joined to BonyChat by the webhook network.", chat: "Chat", write: "Write a message", send: "Send", attach: "File", lost: "Not sent yet, trying again…", place: "Open the map", file: "File" },
  es: { shop: "La librería de la esquina", about: "Una web con su propio chat, unida a BonyChat por la red webhook.", chat: "Chat", write: "Escribe un mensaje", send: "Enviar", attach: "Archivo", lost: "Aún no se ha enviado, se intenta otra vez…", place: "Abrir el mapa", file: "Archivo" },
};
const lang = navigator.language.startsWith("es") ? "es" : "en", t = words[lang];
document.documentElement.lang = lang;
document.title = t.shop;
for (const e of document.querySelectorAll("[data-t]")) e.textContent = t[e.dataset.t];
for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t[e.dataset.label]);

// a demonstration names its visitor in the address; a website has the browser make an id that nobody guesses
const asked = new URLSearchParams(location.search).get("visitor");
const visitor = asked || localStorage.visitor || (localStorage.visitor = crypto.randomUUID().replaceAll("-", ""));
const here = "chat/" + encodeURIComponent(visitor);
const log = document.querySelector(".log"), list = log.querySelector("ol"), form = document.querySelector("form"), wrong = document.querySelector(".wrong");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

let last = Promise.resolve();
// post says something, after what was said before, and again until it is taken.
function post(kind, body) {
  const said = last.then(async () => {
    for (let wait = 500; ; wait = Math.min(2 * wait, 15000)) {
      const answer = await fetch(`${here}/${kind}`, { method: "POST", body: JSON.stringify(body) }).catch(() => null);
      wrong.hidden = !!answer?.ok;
      if (answer?.ok || answer?.status === 400) return;
      wrong.textContent = t.lost;
      await pause(wait);
    }
  });
  last = said;
  return said;
}

const say = (message) => post("message", { id: crypto.randomUUID(), name: asked ? "" : t.shop, message });
const web = (url) => /^https?:\/\//.test(url);

function link(url, text) {
  const a = document.createElement("a");
  if (web(url)) a.href = url;
  a.target = "_blank"; a.rel = "noopener noreferrer"; a.textContent = text;
  return a;
}

function show(e) {
  const item = document.createElement("li"), m = e.message;
  item.className = e.from;
  if (m.type === "text") item.textContent = m.text;
  if (m.type === "location") item.append(m.address || "", " ", link(`https://www.openstreetmap.org/?mlat=${m.latitude}&mlon=${m.longitude}`, t.place));
  if (m.type === "attachment") {
    const a = m.attachment, picture = document.createElement("img");
    if (a.type === "image" && web(a.url)) { picture.src = a.url; picture.alt = a.description || a.fileName || ""; item.append(picture, a.description || ""); }
    else item.append(link(a.url, a.fileName || t.file));
  }
  if (m.type === "quick_reply") {
    const row = document.createElement("div");
    row.className = "replies";
    for (const text of m.replies) {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = text;
      button.onclick = () => { row.remove(); say({ type: "text", text }); };
      row.append(button);
    }
    item.append(m.title, row);
  }
  list.append(item);
  log.scrollTop = log.scrollHeight;
  if (e.from === "business") unread.push(e.id), post("receipt", { message: e.id, status: "delivered" }), seen();
}

const unread = [];
function seen() {
  while (!document.hidden && unread.length) post("receipt", { message: unread.shift(), status: "read" });
}
document.addEventListener("visibilitychange", seen);

form.onsubmit = (event) => {
  event.preventDefault();
  const text = form.text.value.trim();
  form.reset();
  if (text) say({ type: "text", text });
};
form.text.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
};
form.querySelector("[type=file]").onchange = async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  const answer = await fetch("files", { method: "POST", body: file, headers: { "content-type": file.type || "application/octet-stream" } });
  event.target.value = "";
  if (!answer.ok) { wrong.textContent = await answer.text(); wrong.hidden = false; return; }
  const family = file.type.split("/")[0], url = new URL((await answer.json()).path, location.href).href;
  say({ type: "attachment", attachment: { type: ["image", "audio", "video"].includes(family) ? family : "file", url, mimeType: file.type, fileName: file.name, fetch: true } });
};

for (let n = 0; ; await pause(700)) {
  const answer = await fetch(`${here}?from=${n}`).catch(() => null);
  if (!answer?.ok) continue;
  for (const e of await answer.json()) { n++; show(e); }
}
