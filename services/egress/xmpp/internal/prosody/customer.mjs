// A contact's app, by @xmpp/client. It is told by lines of JSON what to send, and tells by such lines what it got. A message that
// asks for a receipt gets one, and is displayed at once.
import { client, xml } from "@xmpp/client";
import { createInterface } from "node:readline";

const [port, username] = process.argv.slice(2);
const tell = (event) => process.stdout.write(JSON.stringify(event) + "\n");
const app = client({ service: `xmpp://127.0.0.1:${port}`, domain: "example.test", username, password: "pw", resource: "phone" });
app.reconnect.delay = 200;

const element = ({ name, attrs = {}, text, children = [] }) => xml(name, attrs, ...(text === undefined ? children.map(element) : [text]));
const send = (stanza) => app.send(stanza).then(() => true, () => false);

app.on("error", () => {}); // it connects again
app.on("online", async () => {
  await send(xml("presence"));
  tell({ kind: "online" });
});
app.on("stanza", async (s) => {
  const event = { kind: s.name, type: s.attrs.type ?? "", from: s.attrs.from ?? "", id: s.attrs.id ?? "", body: s.getChildText("body") ?? "" };
  event.receipt = s.getChild("received", "urn:xmpp:receipts")?.attrs.id ?? "";
  event.url = s.getChild("x", "jabber:x:oob")?.getChildText("url") ?? "";
  event.condition = s.getChild("error")?.getChildElements()[0]?.name ?? "";
  event.features = s.getChild("query", "http://jabber.org/protocol/disco#info")?.getChildren("feature").map((f) => f.attrs.var) ?? [];
  tell(event);
  if (s.is("message") && event.type !== "error" && s.getChild("request", "urn:xmpp:receipts")) {
    await send(xml("message", { to: s.attrs.from, type: "chat" }, xml("received", { xmlns: "urn:xmpp:receipts", id: s.attrs.id })));
    await send(xml("message", { to: s.attrs.from, type: "chat" }, xml("displayed", { xmlns: "urn:xmpp:chat-markers:0", id: s.attrs.id })));
  }
});
createInterface({ input: process.stdin }).on("line", async (line) => {
  await send(element(JSON.parse(line)));
}).on("close", () => process.exit(0));
await app.start();
