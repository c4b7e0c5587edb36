// What a page does beyond links and forms: keys, and copying. Everything can be read and done without it.
import { follow } from "./live.js";
import { plot } from "./plots.js";
import { check } from "./setup.js";

const rows = () => [...document.querySelectorAll("main a.row")];
const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
let prefix = "";

function move(step) {
	const all = rows();
	const at = all.indexOf(document.activeElement);
	all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) {
		return;
	}
	const before = prefix;
	prefix = "";
	if (before === "g") {
		document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
		return;
	}
	switch (event.key) {
		case "/":
			document.getElementById("search")?.focus();
			event.preventDefault();
			break;
		case "g":
			prefix = "g";
			break;
		case "j":
			move(1);
			break;
		case "k":
			move(-1);
			break;
		case "?":
			document.getElementById("keys")?.showModal();
			break;
	}
});

document.addEventListener("click", (event) => {
	const button = event.target.closest?.("button");
	if (button?.classList.contains("help")) {
		document.getElementById("keys")?.showModal();
	} else if (button?.dataset.copy) {
		navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
			button.querySelector("span").textContent = document.body.dataset.copied;
		});
	}
});

// buttons that need the script show up with it; the clipboard is there on https and on this machine alone
function reveal() {
	for (const button of document.querySelectorAll(navigator.clipboard ? "button.copy, button.help" : "button.help")) {
		button.hidden = false;
	}
}
reveal();
check();

// at most one look at the figures in ten seconds: they are of minutes
let plotted = 0;
function plots() {
	if (Date.now() - plotted > 10_000) {
		plotted = Date.now();
		plot().catch(() => {});
	}
}
plots();
const following = document.querySelector("main").dataset.live;
if (following) {
	follow(following, () => {
		reveal();
		plots();
	});
}
