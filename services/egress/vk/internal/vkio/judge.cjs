// A community's server as vk-io makes it, and vk-io's own way to send: node judge.cjs PORT API GROUP SECRET CONFIRMATION
// POST / is the Callback API, GET / answers when it is up, GET /seen has what vk-io understood, GET /send sends one message to API.
const http = require('http');
const { VK } = require('vk-io');

const [port, api, group, secret, confirmation] = process.argv.slice(2);
const vk = new VK({
  token: 'token', pollingGroupId: Number(group), apiBaseUrl: api + '/method', apiVersion: '5.199', apiRetryLimit: 0, apiMode: 'sequential', agent: new http.Agent(),
  webhookSecret: secret, webhookConfirmation: confirmation,
});

const seen = [];
vk.updates.on(['message_new', 'message_edit', 'message_reply'], (m) => {
  seen.push({
    kind: m.subTypes[0], peer: String(m.peerId), index: m.conversationMessageId, id: m.isOutbox ? m.id : 0, outbox: m.isOutbox, chat: m.isChat,
    text: m.text || '', forwarded: m.forwards.map((f) => f.text || ''),
    place: m.hasGeo ? [m.geo.coordinates.latitude, m.geo.coordinates.longitude] : null,
    photos: m.getAttachments('photo').map((p) => p.largeSizeUrl), documents: m.getAttachments('doc').map((d) => d.url),
    voices: m.getAttachments('audio_message').map((a) => a.oggUrl),
  });
});

const callback = vk.updates.getWebhookCallback('/');
http.createServer((req, res) => {
  const answer = (body) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(body)); };
  if (req.method === 'POST') return callback(req, res);
  if (req.url === '/seen') return answer(seen);
  if (req.url.startsWith('/send?')) {
    const q = new URL(req.url, 'http://localhost').searchParams;
    vk.api.messages.send({ peer_id: Number(q.get('peer')), random_id: Number(q.get('random')), message: q.get('text') })
      .then((id) => answer({ id }), (e) => answer({ error: e.code }));
    return;
  }
  res.end();
}).listen(Number(port), '127.0.0.1');
