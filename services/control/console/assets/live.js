// A page that follows what happens: it is told that something has changed, at most once a second, and asks for itself again. What
// is left of an old view and what is new are compared by their parts, so that a page that nothing concerns is left alone.
let source, busy = false, again = false;

const note = document.querySelector(".live");

function say(on) {
	note.hidden = false;
	note.classList.toggle("off", !on);
	note.textContent = on ? note.dataset.fine : note.dataset.lost;
}

// inUse says that somebody writes there, or has written.
function inUse(part) {
	const fields = [...part.querySelectorAll("input:not([type=hidden]), select, textarea")];
	return fields.some((f) => f === document.activeElement || (f.type === "checkbox" ? f.checked !== f.defaultChecked : "defaultValue" in f && f.value !== f.defaultValue));
}

function renew(part, other) {
	if (part.innerHTML === other.innerHTML || inUse(part)) {
		return;
	}
	const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
	part.replaceChildren(...other.childNodes);
	if (focused) {
		part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
	}
}

// refresh shows what is new; renewed is called when it is there.
async function refresh(renewed) {
	if (busy) {
		again = true;
		return;
	}
	busy = true;
	again = false;
	try {
		const here = document.querySelector("main").dataset.page; // not where a form was sent to: that would send it again
		const answer = await fetch(here);
		if (answer.redirected) { // signed out
			location.assign(here);
			return;
		}
		if (answer.ok) {
			const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
			for (const part of document.querySelectorAll("[data-part]")) {
				const other = fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
				if (other) {
					renew(part, other);
				}
			}
			renewed();
		}
	} catch {
		say(false); // the next event tries again
	} finally {
		busy = false;
		if (again) {
			setTimeout(() => refresh(renewed), 1000);
		}
	}
}

// follow begins; a page that nobody sees rests.
export function follow(url, renewed) {
	const begin = () => {
		source = new EventSource(url);
		source.addEventListener("ready", () => say(true));
		source.addEventListener("change", () => refresh(renewed));
		source.addEventListener("error", () => say(false));
	};
	document.addEventListener("visibilitychange", () => {
		source?.close();
		if (!document.hidden) {
			begin();
			refresh(renewed);
		}
	});
	if (!document.hidden) {
		begin();
	}
}
