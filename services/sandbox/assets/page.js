// The page: two lists that follow the sandbox's events, and two places to write.

import { $, api, call, data, messages } from "./api.js";
import { countFaults } from "./faults.js";
import { bubble, clock, el, refresh, t, warn, words } from "./message.js";
import { putBack } from "./steps.js";
import { follow as followWay } from "./way.js";

const sides = data.phone ? ["phone", "agent"] : ["agent"];

// The lists. What is there is known by its seq, so an entry that comes again is changed in its place.
const logs = Object.fromEntries(sides.map((side) => [side, { node: $("#" + side + "-log"), list: $("#" + side + "-log ol"), known: new Map() }]));

const isLive = () => $("#link").classList.contains("live");

function atEnd(node) {
  return node.scrollHeight - node.scrollTop - node.clientHeight < 80;
}

function append(side, node) {
  const { node: log, list } = logs[side];
  const follow = atEnd(log);
  list.append(node);
  if (follow) log.scrollTop = log.scrollHeight;
}

let latest = 0; // what the agent's side has seen last
function show(side, entry) {
  if (side === "agent" && entry.mId && entry.seq >= latest) {
    latest = entry.seq;
    followWay(entry.mId);
  }
  const { node: log, known } = logs[side];
  const old = known.get(entry.seq);
  if (old) {
    const follow = atEnd(log);
    refresh(old, entry);
    if (follow) log.scrollTop = log.scrollHeight;
    return;
  }
  const tap = (reply) => send("phone", { type: "text", text: reply });
  const node = bubble(entry, side === "phone" && entry.direction === "in" ? tap : undefined);
  known.set(entry.seq, node);
  if (isLive()) node.classList.add("new");
  node.addEventListener("animationend", () => node.classList.remove("new"));
  append(side, node);
  if (isLive() && document.body.dataset.show !== side) $('[data-tab="' + side + '"] .dot')?.removeAttribute("hidden");
}

function note(side, kind, text, time = Date.now()) {
  append(side, el("li", { class: "note " + kind }, text, " ", el("time", {}, clock(time))));
}

function warned(w) {
  note("agent", "warning", warn(w.text), w.time);
}

async function load() {
  for (const side of sides) {
    const list = await call(messages(side));
    logs[side].list.replaceChildren();
    logs[side].known.clear();
    for (const entry of list) show(side, entry);
    logs[side].node.scrollTop = logs[side].node.scrollHeight;
  }
  const query = new URLSearchParams({ channel: data.channel, contact: data.contact });
  for (const w of await call("/sandbox/api/warnings?" + query)) warned(w);
  await inbox();
}

async function inbox() {
  const contacts = await call(api("agent", "contacts"));
  const me = contacts.find((c) => c.contact === data.contact);
  $("#who").textContent = me?.name ? me.name + " · " + me.contact : data.contact;
  $("#inbox").replaceChildren(...contacts.slice(0, 50).map((c) => el("li", {},
    el("a", { href: "/?" + new URLSearchParams({ channel: data.channel, contact: c.contact }), "aria-current": c.contact === data.contact ? "page" : undefined },
      el("strong", {}, c.name || c.contact), el("span", {}, words(c.last.message)), el("time", {}, clock(c.last.time))))));
}

// The phone has read what is on a screen that somebody can see.
let reading = false;
async function look() {
  const pane = $('[data-pane="phone"]');
  if (!data.phone || reading || document.visibilityState !== "visible" || pane.offsetParent === null) return;
  if (!logs.phone.node.querySelector(".in.delivered")) return;
  reading = true;
  await call(api("phone", encodeURIComponent(data.contact) + "/read"), "POST").catch(() => {});
  reading = false;
}

let stale;
function listen() {
  const events = new EventSource("/sandbox/api/events");
  const state = (live) => {
    $("#link").textContent = live ? t.live : t.reconnecting;
    $("#link").classList.toggle("live", live);
  };
  state(false);
  let waiting = []; // changes that come while the lists are read
  events.onopen = async () => {
    waiting = [];
    try {
      await load();
    } catch {
      events.close();
      setTimeout(listen, 1000);
      return;
    }
    const late = waiting;
    waiting = undefined;
    late.forEach(apply);
    state(true);
    look();
  };
  events.onerror = () => {
    state(false);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  const apply = (change) => {
    if (change.side === "agent") {
      clearTimeout(stale);
      stale = setTimeout(() => inbox().catch(() => {}), 200);
    }
    if (change.contact && change.contact !== data.contact) return;
    if (change.type === "warning") warned(change.warning);
    else if (logs[change.side]) show(change.side, change.entry);
    if (change.side === "phone") look();
    countFaults(200);
  };
  events.onmessage = (event) => {
    const change = JSON.parse(event.data);
    if (change.channel && change.channel !== data.channel) return;
    if (waiting) waiting.push(change);
    else apply(change);
  };
}

// One message after the other, so that they are sent in the order they were written.
const turns = Object.fromEntries(sides.map((side) => [side, Promise.resolve()]));
function send(side, message) {
  turns[side] = turns[side]
    .then(() => call(messages(side), "POST", message))
    .then(() => true, (error) => {
      note(side, "refused", t.refused + ": " + error.message + " — “" + words(message).slice(0, 80) + "”");
      return false;
    });
  return turns[side]; // whether it was taken
}

for (const form of document.querySelectorAll(".composer")) {
  const input = form.elements.text;
  const grow = () => {
    input.style.height = "auto";
    input.style.height = Math.min(input.scrollHeight + 2, 120) + "px";
  };
  let back = 0; // how much of what stands there was refused
  input.addEventListener("input", () => {
    back = 0;
    grow();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value;
    if (!text.trim()) return;
    send(form.dataset.side, { type: "text", text }).then((taken) => {
      if (taken) return;
      ({ value: input.value, back } = putBack(input.value, back, text)); // to be put right there
      grow();
    });
    input.value = "";
    back = 0;
    grow();
    input.focus();
  });
}

// Attachments, places and quick replies.
const dialog = $("#more");
const form = dialog.querySelector("form");
function kind(value) {
  for (const set of form.querySelectorAll("fieldset")) set.hidden = set.disabled = set.dataset.kind !== value;
}
function composed() {
  const f = form.elements;
  const some = (name) => f[name].value.trim() || undefined;
  switch (f.kind.value) {
    case "location":
      return { type: "location", latitude: Number(f.latitude.value), longitude: Number(f.longitude.value), address: some("address") };
    case "quick_reply":
      return { type: "quick_reply", title: some("title"), replies: f.replies.value.split("\n").map((r) => r.trim()).filter(Boolean) };
    default:
      return { type: "attachment", attachment: { type: f.type.value, url: some("url"), mimeType: f.url.dataset.media || undefined,
        fileName: some("fileName"), description: f.type.value === "image" ? some("description") : undefined } };
  }
}
for (const button of document.querySelectorAll("[data-more]")) {
  button.addEventListener("click", () => {
    dialog.dataset.side = button.dataset.more;
    $("#more-title").textContent = t["from_" + button.dataset.more];
    dialog.returnValue = "";
    dialog.showModal();
  });
}
for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    const f = form.elements;
    f.type.value = button.dataset.type;
    f.url.value = data.files + button.dataset.sample;
    f.url.dataset.media = button.dataset.media;
    f.fileName.value = button.dataset.sample;
  });
}
form.elements.url.addEventListener("input", () => delete form.elements.url.dataset.media);
form.addEventListener("change", (event) => event.target.name === "kind" && kind(event.target.value));
$("#cancel").addEventListener("click", () => dialog.close(""));
dialog.addEventListener("close", () => dialog.returnValue === "send" && send(dialog.dataset.side, composed()));

// Tabs, where there is room for one side only.
for (const tab of document.querySelectorAll("[data-tab]")) {
  tab.addEventListener("click", () => {
    document.body.dataset.show = tab.dataset.tab;
    for (const other of document.querySelectorAll("[data-tab]")) other.setAttribute("aria-pressed", String(other === tab));
    tab.querySelector(".dot").hidden = true;
    const log = logs[tab.dataset.tab].node;
    log.scrollTop = log.scrollHeight;
    look();
  });
}
document.addEventListener("visibilitychange", look);
addEventListener("resize", look);

countFaults(0);
listen();
