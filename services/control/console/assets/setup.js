// Has a form that sets a channel up checked while it is filled in: the server says what is wrong, beside what was typed so far.
// Secrets go there as they do when the form is sent, and do not come back.
const touched = new Set();
let running = false, again = false;

async function ask(form) {
	if (running) {
		again = true;
		return;
	}
	running = true;
	again = false;
	try {
		const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
		if (answer.ok) {
			const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
			for (const name of touched) {
				show(form, fresh, name);
			}
		}
	} catch {
		// sending the form says it
	} finally {
		running = false;
		if (again) {
			ask(form);
		}
	}
}

function show(form, fresh, name) {
	const place = `[data-field="${CSS.escape(name)}"]`;
	const here = form.querySelector(`${place} .wrong`);
	const there = fresh.querySelector(`${place} .wrong`);
	if (!here || !there || here.textContent === there.textContent) {
		return;
	}
	here.textContent = there.textContent;
	here.lang = there.lang;
	form.querySelector(`${place} input, ${place} select`).setAttribute("aria-invalid", String(there.textContent !== ""));
}

// check begins for the form, if the page has one.
export function check() {
	const form = document.querySelector("form[data-check]");
	form?.addEventListener("change", (event) => {
		const field = event.target.closest("[data-field]");
		if (field) {
			touched.add(field.dataset.field);
			ask(form);
		}
	});
}
