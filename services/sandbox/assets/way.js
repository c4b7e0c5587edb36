// The way of the latest message, drawn by the gateway between both ends while it happens.

import { $ } from "./api.js";

const place = $("#way");
let following, timer, looks;

// follow shows the way of a message until it has ended, or until another one is followed.
export function follow(id) {
  if (!place || id === following) return;
  following = id;
  looks = 0;
  clearTimeout(timer);
  timer = setTimeout(look, 30);
}

async function look() {
  const id = following;
  const answer = await fetch("/sandbox/api/way/" + encodeURIComponent(id)).catch(() => undefined);
  if (id !== following) return;
  if (answer?.status === 200) {
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (id !== following) return;
    place.replaceChildren(...drawn.body.childNodes);
    if (answer.headers.get("Puente-Ended")) return;
  }
  // often at first, then now and then: a message may wait for hours
  if (++looks < 1000) timer = setTimeout(look, looks < 40 ? 250 : 1000);
}
