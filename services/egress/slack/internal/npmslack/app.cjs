// An app on Slack's own libraries: node app.cjs SLACK. It answers each message with its text, in its thread, and "file" with a
// file; then it acknowledges. A tap it answers as well.
const {SocketModeClient} = require('@slack/socket-mode')
const {WebClient} = require('@slack/web-api')

const slackApiUrl = process.argv[2] + '/api/'
const web = new WebClient('xoxb-1', {slackApiUrl, retryConfig: {retries: 0}})
const socket = new SocketModeClient({appToken: 'xapp-1', clientPingTimeout: 500, clientOptions: {slackApiUrl}})

socket.on('message', async ({event, body, retry_num, ack}) => {
  if (event.text === 'file') {
    await web.filesUploadV2({channel_id: event.channel, file: Buffer.from('PNG'), filename: 'plano.png', initial_comment: 'El plano'})
  } else {
    await web.chat.postMessage({channel: event.channel, thread_ts: event.thread_ts, text: `${event.text} ${body.event_id} ${retry_num}`})
  }
  await ack()
})
socket.on('interactive', async ({body, ack}) => {
  await web.chat.postMessage({channel: body.container.channel_id, text: `tapped ${body.actions[0].value}`})
  await ack()
})

;(async () => {
  const me = await web.auth.test()
  const opened = await web.conversations.open({users: 'U0'})
  await socket.start()
  await web.chat.postMessage({
    channel: opened.channel.id, text: `ready ${me.user_id} ${me.response_metadata.scopes.join(' ')}`,
    blocks: [{type: 'actions', elements: [{type: 'button', action_id: 'a', value: 'sí', text: {type: 'plain_text', text: 'Sí'}}]}],
  })
})()
