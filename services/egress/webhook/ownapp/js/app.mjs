// An app of one's own at its smallest, in JavaScript: what has to be written to connect one to Puente by the webhook network, with
// the official library of Standard Webhooks and Node alone. Copy it. By itself it is an app that answers whatever an agent writes:
//
//   BRIDGE=https://bridge.example.com/webhooks/webhook/a4p8t2v6m1q9zc SECRETS=whsec_… PORT=8090 node app.mjs
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';

const longest = 1 << 20; // bytes of a call

export class App {
  // show is called for each message of an agent, for a repeat too, which has the same id. Where it throws, the message comes again.
  // secrets are those that are alive, the newest first.
  constructor(bridge, show, secrets) {
    Object.assign(this, { bridge, show, keys: secrets.map((s) => new Webhook(s)) });
  }

  // take takes a call of the bridge's: it is the listener of a server.
  async take(req, res) {
    try {
      const chunks = [];
      let size = 0;
      for await (const chunk of req) {
        if ((size += chunk.length) > longest) return res.writeHead(413).end();
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks).toString();
      if (!this.verified(body, req.headers)) return res.writeHead(401).end();
      const call = JSON.parse(body);
      if (call.type === 'message') await this.show(call.data);
      res.writeHead(204).end();
    } catch {
      res.writeHead(503).end(); // it comes again
    }
  }

  verified(body, headers) {
    return this.keys.some((key) => {
      try {
        key.verify(body, headers, { jsonParse: false });
        return true;
      } catch {
        return false;
      }
    });
  }

  // tell tells the bridge something: a message, an echo or a receipt. The id is its own, and the same when it is told again, which
  // it has to be until nothing is thrown; what comes after it of the same contact waits for that.
  async tell(kind, id, data) {
    const now = new Date();
    const body = JSON.stringify({ type: kind, timestamp: now.toISOString(), data });
    const headers = {
      'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': this.keys[0].sign(id, now, body),
    };
    const answer = await fetch(this.bridge, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    if (answer.status !== 200) throw new Error(`the bridge answers ${answer.status}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { BRIDGE, SECRETS, PORT = '8090' } = process.env;
  const app = new App(BRIDGE, async ({ id, contact, message }) => {
    const text = `you wrote: ${message.text ?? message.type}`;
    await app.tell('receipt', `read-${id}`, { message: id, status: 'read' });
    await app.tell('message', `answer-${id}`, { id: `answer-${id}`, contact, message: { type: 'text', text } });
  }, SECRETS.split(','));
  createServer((req, res) => (req.method === 'POST' ? app.take(req, res) : res.end())).listen(Number(PORT), '127.0.0.1');
}
