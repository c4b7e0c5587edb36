// Looks at the console as an operator does, in a real browser: node console.mjs SETTINGS, a JSON object. Each thing that is not
// as it has to be is a line of the output; none is the proof. See console_test.go.
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const set = JSON.parse(process.argv[2]); // chromium, link, console, sandbox, channel, shots; filed: the console of a bridge with a file, its link and the Bot API of its channel; only: part of the names of tests, for one of them
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wrong = (...what) => console.log(...what);
const patience = 30_000;

const browser = await chromium.launch({
	executablePath: set.chromium,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

// open is a page of a browser of its own; what it complains of is wrong.
async function open(path, options = {}) {
	const context = await browser.newContext({ storageState: state, locale: "es", viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(patience);
	page.on("console", (m) => m.type() === "error" && wrong(path, "console:", m.text()));
	page.on("pageerror", (e) => wrong(path, "script:", e.message));
	page.on("request", (r) => !r.url().startsWith(new URL(path, set.console).origin) && wrong(path, "loads from elsewhere:", r.url()));
	await page.goto(new URL(path, set.console).href);
	return page;
}

let state, cookie;
{
	const context = await browser.newContext({ locale: "es" });
	const page = await context.newPage();
	await page.goto(set.link);
	state = await context.storageState();
	cookie = state.cookies.map((c) => `${c.name}=${c.value}`).join("; ");
	await context.close();
}

// say has the agent write to a contact, fail makes the network fail.
async function post(path, body) {
	const answer = await fetch(set.sandbox + path, { method: "POST", body: JSON.stringify(body) });
	if (!answer.ok) {
		throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
	}
	return answer.json();
}
const say = async (contact) => (await post(`/sandbox/api/agent/${set.channel}/${contact}/messages`, { type: "text", text: "zanahoria" })).mId;
const faults = `/sandbox/api/phone/${set.channel}/faults`;
const fail = (kind, after = 0) => post(faults, { kind, next: 1, after_ms: after });

// sees waits until a text is on the page, without loading it.
async function sees(page, text, what) {
	await page.getByText(text).filter({ visible: true }).first().waitFor().catch(() => wrong(what, "does not say", String(text)));
}

// message opens the page of a message, which is known a moment after it was accepted.
async function message(page, id) {
	for (let i = 0; i < 60; i++) {
		if ((await fetch(`${set.console}/console/m/${id}`, { headers: { cookie } })).ok) {
			break;
		}
		await new Promise((done) => setTimeout(done, 100));
	}
	await page.goto(`${set.console}/console/m/${id}`);
}

// search types into the box at the top, by keys alone.
async function search(page, text) {
	await page.keyboard.press("/");
	await page.keyboard.type(text);
	await page.keyboard.press("Enter");
	await page.waitForLoadState("load");
}

const tests = {
	// A message that is told to wait is followed to its end without a click.
	async "a message is followed live"() {
		await fail("too_many", 6000);
		const id = await say("luis");
		const behind = await say("luis");
		const page = await open("/console/");
		await search(page, behind);
		await sees(page, "la red ha pedido esperar", "the journey");
		await sees(page, "detrás de", "the journey");
		let loads = 0;
		page.on("framenavigated", () => loads++);
		await page.locator(".jy-point.jy-good .jy-what", { hasText: "entregado" }).waitFor().catch(() => wrong("the journey does not follow"));
		if (loads > 0) {
			wrong("the page was loaded again", loads);
		}
		await sees(page, `detrás de ${id.slice(0, 12)}`, "the journey that has ended");
		await page.getByRole("link", { name: id.slice(0, 12) }).first().click();
		await sees(page, "no aceptado", "the message before it");
		await page.context().close();
	},
	async "pause and resume"() {
		const page = await open(`/console/c/${set.channel}`);
		await page.getByLabel("Por qué").fill("prueba de la consola");
		await page.getByRole("button", { name: "Pausar" }).click();
		await sees(page, "El canal está en pausa", "the channel");
		const id = await say("eva");
		await message(page, id);
		await sees(page, "en pausa", "a message of a paused channel");
		await page.goto(`${set.console}/console/c/${set.channel}`);
		await sees(page, "En pausa por owner: prueba de la consola", "the channel");
		// another end and another reason, without an end in between
		await page.getByLabel("o minutos").fill("45");
		await page.getByLabel("Por qué").fill("tarda más");
		await page.getByRole("button", { name: "Cambiar la pausa" }).click();
		await sees(page, "La pausa se ha cambiado", "the channel");
		await sees(page, "En pausa por owner: tarda más", "the channel");
		if ((await (await fetch(`${set.console}/console/m/${id}`, { headers: { cookie, "accept-language": "es" } })).text()).includes("entregado")) {
			wrong("a message was sent while the pause was changed");
		}
		await page.getByLabel("o minutos").evaluate((e) => { e.max = ""; });
		await page.getByLabel("o minutos").fill("99999");
		await page.getByRole("button", { name: "Cambiar la pausa" }).click();
		await sees(page, "La pausa dura de 1 a 43200 minutos", "a pause that is too long");
		await page.getByRole("button", { name: "Reanudar" }).click();
		await sees(page, "El canal sigue", "the channel");
		await page.goto(`${set.console}/console/m/${id}`);
		await sees(page, "entregado", "the message, afterwards");
		await page.context().close();
	},
	async "replay with preview"() {
		await fail("refused");
		const id = await say("rosa");
		const page = await open("/console/failures?since=1h");
		for (let i = 0; i < 30 && (await page.getByRole("checkbox").count()) === 0; i++) {
			await page.reload();
		}
		await page.getByRole("checkbox").first().check();
		await page.getByRole("button", { name: "Ver qué pasaría" }).click();
		await sees(page, "se enviaría", "the preview");
		await sees(page, "No se ha cambiado nada", "the preview");
		await page.getByLabel("Por qué").fill("prueba");
		await page.getByRole("button", { name: "Reenviar", exact: false }).click();
		await sees(page, "enviado", "the outcome");
		await page.goto(`${set.console}/console/m/${id}`);
		await sees(page, "reenviado, vez 1", "the journey of what was sent again");
		await page.goto(`${set.console}/console/audit`);
		await sees(page, "reenviar", "the audit");
		await page.context().close();
	},
	// Two failures, of which one is ticked: that one is sent again, and what became of it is told after a reload, and by a process that
	// did not do it.
	async "ticked messages are sent again"() {
		await fail("refused");
		const id = await say("tomas");
		await fail("refused");
		const other = await say("ursula");
		const page = await open("/console/failures/list?since=1h");
		const tick = (m) => page.getByRole("row", { name: m.slice(0, 12) }).getByRole("checkbox");
		for (let i = 0; i < 30 && (await tick(id).count()) + (await tick(other).count()) < 2; i++) {
			await page.reload();
		}
		await tick(id).check();
		await page.getByRole("button", { name: "Ver qué pasaría al reenviar los marcados" }).click();
		await sees(page, "se enviaría", "the preview of what was ticked");
		if ((await page.content()).includes(other.slice(0, 12))) {
			wrong("the preview has what was not ticked");
		}
		await page.getByRole("button", { name: "Reenviar este" }).click();
		await sees(page, "Qué ha sido de cada uno", "the outcome");
		await page.reload();
		// the page says how it stood when it was loaded: that the network delivered it is told a moment after it took it
		for (let i = 0; i < 30 && (await page.getByText("entregado").count()) === 0; i++) {
			await page.reload();
		}
		await sees(page, "entregado", "how it stands, after a reload");
		const there = new URL(page.url());
		there.searchParams.set("k", "of-another-process");
		await page.goto(there.href);
		await sees(page, id.slice(0, 12), "the outcome, told by another process");
		await page.goto(`${set.console}/console/failures/list?since=1h`);
		await sees(page, other.slice(0, 12), "what was not ticked");
		await page.getByRole("row", { name: other.slice(0, 12) }).locator("[data-head='Contacto'] a").click();
		await sees(page, "Mensajes del contacto", "the contact");
		await page.getByRole("link", { name: "Lo que falló de este contacto" }).click();
		await sees(page, other.slice(0, 12), "what failed of the contact");
		if ((await page.content()).includes(id.slice(0, 12))) {
			wrong("what failed of the contact holds another's");
		}
		await page.context().close();
	},
	// A call of the network is opened, and a call of the platform that breaks the contract says which field.
	async "calls"() {
		await fetch(`${set.sandbox}/sandbox/api/agent/${set.channel}/luis/messages`, { method: "POST", body: JSON.stringify({ type: "text", text: "" }) });
		const page = await open("/console/calls?since=24h");
		await sees(page, "message.text", "the refused calls");
		await sees(page, "falta; de 1 a 7000 caracteres", "the refused calls");
		await page.locator("section[aria-labelledby='calls'] a.row").last().click();
		await sees(page, "Qué fue de lo que traía", "a call");
		await page.locator("main a.row").first().click();
		await sees(page, "El camino", "the message that a call brought");
		await page.context().close();
	},
	// The operators' questions, each from the first page by clicks and the search box.
	async "the operators' questions"() {
		const page = await open("/console/");
		const ask = async (question, steps) => {
			await page.goto(`${set.console}/console/`);
			await steps().catch((e) => wrong(question, e.message.split("\n")[0]));
		};
		await fail("undelivered");
		const id = await say("34600111222");
		await ask("where did the message of this phone go", async () => {
			await message(page, id);
			await search(page, "34600111222");
			await page.getByRole("link", { name: id.slice(0, 12) }).first().click();
			await sees(page, "fallido según la red", "a message that failed by receipt");
			await sees(page, "puede recibirlo dos veces", "what can be done then");
			if ((await page.content()).includes("zanahoria") || (await page.content()).includes("34600111222")) {
				wrong("the page holds what was written, or to whom");
			}
		});
		await post(faults, { kind: "unauthorized", probability: 1 });
		await say("paco");
		await ask("since when is the channel suspended, and what to do", async () => {
			await sees(page, "Hay que hacer algo", "the overview");
			await sees(page, "la red rechaza la credencial", "the overview");
			await sees(page, "pone una credencial válida", "the overview");
			await sees(page, "El primero caduca dentro de", "the overview");
		});
		await fetch(set.sandbox + faults, { method: "DELETE" });
		await ask("how many failed since yesterday, and why", async () => {
			await page.getByRole("navigation").getByRole("link", { name: "Fallidos" }).click();
			await sees(page, "en total", "the failures");
			await sees(page, "según la red", "the failures");
			await sees(page, "Avisar al contacto por otro medio", "the failures");
		});
		await ask("is the webhook registered", async () => {
			await page.getByRole("link", { name: set.channel, exact: true }).first().click();
			await page.getByRole("button", { name: "Preguntar a la red" }).click();
			await sees(page, "Lo que dice la red", "the check");
		});
		await ask("what is the backlog", async () => {
			await page.getByRole("navigation").getByRole("link", { name: "Sistema" }).click();
			await sees(page, "Procesos que harían falta", "the system");
		});
		await ask("what do the calls of the network make", async () => {
			await page.getByRole("navigation").getByRole("link", { name: "Llamadas" }).click();
			await page.getByRole("button", { name: "Ver qué pasaría" }).click();
			await sees(page, "Leerlas otra vez no cambiaría nada", "the dry run of calls");
		});
		await ask("who did what", async () => {
			await page.getByRole("navigation").getByRole("link", { name: "Registro" }).click();
			await sees(page, "prueba de la consola", "the audit");
		});
		await page.context().close();
	},
	// A channel is set up: what is wrong is said while the form is filled in, and what to write once it is right.
	async "a channel is set up"() {
		const page = await open("/console/");
		await page.getByRole("link", { name: "Añadir un canal" }).click();
		await page.getByRole("link", { name: "telegram", exact: true }).click();
		await page.getByLabel("Id del canal").fill("con espacio");
		await page.keyboard.press("Tab");
		await sees(page, "tiene que ser de 1 a 64 de A-Z", "the form, while it is filled in");
		await page.getByLabel("Id del canal").fill("tienda");
		await page.getByLabel("URL del webhook").fill("https://okeybot.com/custom/webhook");
		await page.getByLabel("Token de la API").fill("t0ken-de-la-api-0123456789");
		await page.getByLabel("Dirección de la Bot API").fill(set.filed.bots);
		await page.locator("[name='account.token']").fill("123456:zanahoria-zanahoria-zanahoria");
		await page.getByRole("button", { name: "Comprobar" }).click();
		await sees(page, "Hay algo que corregir", "the form without a secret_token");
		if ((await page.evaluate(() => document.activeElement.id)) !== "wrong") {
			wrong("the focus is not at what is wrong, but at", await page.evaluate(() => document.activeElement.outerHTML.slice(0, 80)));
		}
		await page.locator("#wrong").getByRole("link", { name: "Secreto del webhook" }).click();
		if ((await page.evaluate(() => document.activeElement.id)) !== "f-account-secret-token") {
			wrong("what is wrong does not lead to its field");
		}
		if ((await page.content()).includes("zanahoria-zanahoria") || (await page.locator("[name='account.token']").inputValue()) !== "") {
			wrong("a secret came back");
		}
		// the other secrets are not typed again
		await page.locator("[name='account.secret_token']").fill("zanahoria-0123456789");
		await page.getByRole("button", { name: "Comprobar" }).click();
		await sees(page, "token: file:secrets/tienda/account.token", "what to write");
		await sees(page, "Telegram rechaza el token del bot", "credentials that are false, where nothing can be kept");
		await page.getByRole("link", { name: "Esperar los primeros mensajes" }).click();
		await sees(page, "Si no llega en un minuto: puente check", "a channel that is not there yet");
		await page.goto(`${set.console}/console/added/${set.channel}`);
		await sees(page, "Listo: ha llegado un mensaje en cada sentido", "a channel that has messages");
		await page.getByRole("button", { name: "Preguntar a la red" }).click();
		await sees(page, "credenciales", "what the network says");
		const renewed = page.waitForResponse(`${set.console}/console/added/${set.channel}`);
		await say("eva");
		await renewed;
		await sees(page, "credenciales", "what the network says, a moment later");
		await page.context().close();
	},
	// The credentials of a channel are changed: what the network refuses is kept by a second button alone, of two who change it the second
	// is told, and a channel is taken out.
	async "credentials are changed"() {
		const context = await browser.newContext({ locale: "es", viewport: { width: 360, height: 800 } });
		const begin = await context.newPage();
		await begin.goto(set.filed.link);
		const storageState = await context.storageState();
		await context.close();
		const at = `${set.filed.console}/console/c/tienda`;
		const page = await open(at, { storageState, viewport: { width: 360, height: 800 } });
		const second = await open(`${at}/setup`, { storageState, javaScriptEnabled: false });
		await page.getByRole("link", { name: "Cambiar credenciales y ajustes" }).first().click();
		await page.getByLabel("Token del bot").fill("123456:falso-falso-falso-falso");
		await page.getByRole("button", { name: "Guardar los cambios" }).click();
		await sees(page, "No se ha guardado: la red no da por buenas las credenciales", "a token that is refused");
		await sees(page, "Telegram rechaza el token del bot", "a token that is refused");
		await judge(page, "change-refused");
		if ((await page.content()).includes("falso-falso")) {
			wrong("a secret is on the page");
		}
		await page.getByRole("button", { name: "Guardar de todos modos" }).click();
		await sees(page, "Guardado. Se aplica enseguida", "what is kept all the same");
		await second.getByLabel("Token del bot").fill(set.filed.good);
		await second.getByRole("button", { name: "Guardar los cambios" }).click();
		await sees(second, "El canal ha cambiado desde que abrió esta página", "the second of two");
		await second.getByLabel("Token del bot").fill(set.filed.good);
		await second.getByLabel("Idioma").selectOption("en");
		await second.getByRole("button", { name: "Ver qué cambia" }).click();
		await sees(second, "uno nuevo, no se muestra", "the preview, without a script");
		await sees(second, "correctas", "the preview, without a script");
		await judge(second, "change-preview");
		await second.getByRole("button", { name: "Guardar los cambios" }).click(); // the token is the sealed one
		await sees(second, "Guardado: la red acepta las credenciales", "what is kept");
		for (let i = 0; i < 60; i++) {
			await second.getByRole("button", { name: "Preguntar a la red" }).click();
			if (await second.getByText("credenciales: correctas").count() > 0) {
				break;
			}
		}
		await sees(second, "credenciales: correctas", "the channel with its new token");
		await page.goto(`${set.filed.console}/console/c/otra/remove`);
		await sees(page, "pasa a los fallidos", "what becomes of what waits");
		await judge(page, "remove");
		await page.getByRole("button", { name: "Quitar el canal" }).click();
		await sees(page, "El canal otra se ha quitado", "the overview");
		await page.goto(`${set.filed.console}/console/audit`);
		await sees(page, "cambiar un canal", "the audit");
		await sees(page, "quitar un canal", "the audit");
		await page.context().close();
		await second.context().close();
	},
	async "the keyboard alone"() {
		const page = await open("/console/");
		await page.keyboard.press("Tab");
		const first = await page.evaluate(() => document.activeElement.className);
		if (first !== "skip") {
			wrong("the first stop of the tab key is", first);
		}
		await page.keyboard.press("Enter");
		await page.keyboard.press("j");
		if (!(await page.evaluate(() => document.activeElement.matches("a.row")))) {
			wrong("j leads to no row");
		}
		await page.keyboard.press("Enter");
		await page.waitForURL("**/c/*");
		for (const [key, path] of [["f", "failures"], ["c", "calls"], ["a", "audit"], ["s", "system"], ["n", "new"], ["o", ""]]) {
			await page.keyboard.press("g");
			await page.keyboard.press(key);
			await page.waitForURL(`**/console/${path}`).catch(() => wrong("g", key, "leads to", page.url()));
		}
		await page.keyboard.press("?");
		await sees(page, "fila siguiente, fila anterior", "the help");
		await page.keyboard.press("Escape");
		if (await page.getByRole("dialog").isVisible()) {
			wrong("Escape does not close the help");
		}
		await page.context().close();
	},
	async "without a script"() {
		const page = await open("/console/", { javaScriptEnabled: false });
		await page.getByRole("link", { name: set.channel, exact: true }).first().click();
		await sees(page, "Los cuatro tramos", "the channel, without a script");
		await page.locator("main a.row").first().click();
		await sees(page, "El camino", "a message, without a script");
		await page.context().close();
	},
	async "every page, both languages, both themes, narrow and wide"() {
		await fail("refused");
		await say("sara");
		const known = await open("/console/failures/list?since=all");
		for (let i = 0; i < 30 && (await known.locator("main a[href*='/letter/']").count()) === 0; i++) {
			await known.reload();
		}
		const message = await known.locator("main a.row").first().getAttribute("href");
		const letter = await known.locator("main a[href*='/letter/']").first().getAttribute("href");
		const contact = await known.locator("main a[href*='/contact/']").first().getAttribute("href");
		await known.goto(`${set.console}/console/calls?since=24h`);
		const call = await known.locator("main a[href*='/call/']").first().getAttribute("href");
		await known.context().close();
		const pages = { overview: "/console/", channel: `/console/c/${set.channel}`, message, failures: "/console/failures?since=all", list: "/console/failures/list?since=all", letter, contact, call,
			calls: "/console/calls?since=24h", audit: "/console/audit", system: "/console/system", new: "/console/new", form: "/console/new/telegram", setup: `/console/c/${set.channel}/setup`, remove: `/console/c/${set.channel}/remove`, added: `/console/added/${set.channel}`, traffic: "/console/traffic", search: "/console/search", none: "/console/nothing" };
		for (const locale of ["es", "en"]) {
			for (const colorScheme of ["light", "dark"]) {
				for (const width of [360, 1280]) {
					const context = await browser.newContext({ storageState: state, bypassCSP: true, locale, colorScheme, viewport: { width, height: 900 } });
					const page = await context.newPage();
					page.setDefaultTimeout(patience);
					for (const [name, path] of Object.entries(pages)) {
						// each language, theme and width is judged by axe, in half of their combinations
						await look(page, path, [name, locale, colorScheme, width].join("-"), (locale === "es") === (colorScheme === "light"));
					}
					await context.close();
				}
			}
		}
	},
	// What the documents show of the console, .github/console-*.png: only where screenshots are kept.
	async "the pictures of the documents"() {
		if (!set.shots) {
			return;
		}
		mkdirSync(set.shots, { recursive: true });
		await fail("too_many", 40_000);
		await say("luis");
		const behind = await say("luis");
		const page = await open("/console/", { viewport: { width: 1280, height: 620 } });
		await message(page, behind);
		for (let i = 0; i < 100 && (await page.getByText(/^espera [5-9],\d s/).count()) === 0; i++) {
			await page.reload();
		}
		await sees(page, "detrás de", "the picture of a message");
		await page.screenshot({ path: `${set.shots}/console-message.png` });
		await page.goto(`${set.console}/console/`);
		await plotted(page, "the picture of the overview");
		await sees(page, "el más antiguo", "the picture of the overview");
		await page.screenshot({ path: `${set.shots}/console-overview.png` });
		await page.context().close();
	},
};

// judge judges how the page looks that an act has led to: its source is shown anew where axe may run.
async function judge(page, what) {
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (over > 0) {
		wrong(what, "is", over, "pixels too wide");
	}
	const context = await browser.newContext({ storageState: await page.context().storageState(), bypassCSP: true, locale: "es", viewport: page.viewportSize() });
	const copy = await context.newPage();
	await copy.goto(page.url(), { waitUntil: "load" });
	await axed(copy, what);
	if (set.shots) {
		mkdirSync(set.shots, { recursive: true });
		await copy.screenshot({ path: `${set.shots}/${what}.png`, fullPage: true });
	}
	await context.close();
}

// axed says what axe finds on a page.
async function axed(page, what) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
	for (const v of found.violations.filter((v) => v.impact === "serious" || v.impact === "critical")) {
		wrong(what, v.id, v.impact, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + " " + (n.any[0]?.message ?? "")).join(" | "));
	}
}

// plotted waits for the plots of a page that has some.
async function plotted(page, what) {
	if ((await page.locator("[data-plots]").count()) > 0) {
		await page.locator("[data-plots]:not([hidden]) canvas").first().waitFor().catch(() => wrong(what, "has no plot"));
	}
}

// look judges how one page looks.
async function look(page, path, what, judged) {
	await page.goto(set.console + path, { waitUntil: "load" });
	await plotted(page, what);
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (over > 0) {
		wrong(what, "is", over, "pixels too wide");
	}
	if (judged) {
		await axed(page, what);
	}
	if (set.shots) {
		mkdirSync(set.shots, { recursive: true });
		await page.screenshot({ path: `${set.shots}/${what}.png`, fullPage: true });
	}
}

try {
	for (const [name, test] of Object.entries(tests).filter(([name]) => name.includes(set.only ?? ""))) {
		await test().catch((e) => wrong(name, e.message));
	}
} finally {
	await browser.close();
}
