// A bot of discord.js that answers what it is told: node bot.cjs PORT API. GET / answers when it is there, GET /heard has what it heard.
const http = require('http');
const { Client, Events, GatewayIntentBits, Partials } = require('discord.js');

const [port, api] = process.argv.slice(2);
const heard = [];
let ready = false;
const client = new Client({
  intents: [GatewayIntentBits.DirectMessages], partials: [Partials.Channel], rest: { api: api + '/api' },
});
client.once(Events.ClientReady, () => { ready = true; });
client.on(Events.Error, (e) => console.error(e.message));
client.on(Events.MessageCreate, async (m) => {
  heard.push({ id: m.id, author: m.author.id, text: m.content });
  const sent = await m.channel.send({ content: `you wrote: ${m.content}`, nonce: `n-${m.id}`, enforceNonce: true });
  const again = await m.channel.send({ content: `you wrote: ${m.content}`, nonce: `n-${m.id}`, enforceNonce: true });
  if (sent.id !== again.id) heard.push({ error: 'a repeat was sent' });
});

http.createServer((req, res) => {
  res.setHeader('content-type', 'application/json');
  if (req.url === '/heard') return res.end(JSON.stringify(heard));
  res.statusCode = ready ? 200 : 503;
  res.end();
}).listen(Number(port), '127.0.0.1', () => client.login('MTAwMDAwMDAwMDAwMDAwMDAx.a.b'));
