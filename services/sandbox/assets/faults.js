// Failures of the phone network: the buttons that cause them, and how many are still to come.

import { $, api, call, data } from "./api.js";

const { t, lang } = data;

// count asks how many failures are still to come, after making or mending some. A call that fails changes nothing that is
// shown, so that it is asked again for as long as there are some.
let asked = 0, pending;
async function count(method, body) {
  clearTimeout(pending);
  const mine = ++asked;
  const list = await call(api("phone", "faults"), method, body).catch(() => undefined);
  if (mine !== asked) return; // a newer question is under way
  const n = (list || []).reduce((sum, f) => sum + (f.next || 1), 0);
  const text = n ? t.faults_on + " " + n.toLocaleString(lang) : "";
  if (list && $("#fault-count").textContent !== text) $("#fault-count").textContent = text;
  if (n || !list) countFaults(1000);
}

// countFaults counts after a time in milliseconds, instead of any later count that was planned.
export function countFaults(wait) {
  if (!data.phone) return;
  clearTimeout(pending);
  pending = setTimeout(count, wait);
}

if (data.phone) {
  $("#faults").addEventListener("toggle", async () => {
    const switches = await call(api("phone", "switches"));
    for (const box of document.querySelectorAll("[data-switch]")) box.checked = switches[box.dataset.switch];
  });
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.addEventListener("click", () => count("POST", { kind: button.dataset.fault, contact: data.contact, next: 1, after_ms: Number(button.dataset.after) }));
  }
  $("#mend").addEventListener("click", () => count("DELETE"));
  for (const box of document.querySelectorAll("[data-switch]")) {
    box.addEventListener("change", () => call(api("phone", "switches"), "PUT", { [box.dataset.switch]: box.checked }));
  }
}
