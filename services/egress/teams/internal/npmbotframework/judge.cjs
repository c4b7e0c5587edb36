// Microsoft's own check of a call's token: node judge.cjs PORT METADATA_URL APP_ID. GET / says that it is up; POST / with
// {"authorization", "serviceUrl", "channelId"} answers {"accepted", "why"}.
const http = require('http')
const {ChannelValidation, SimpleCredentialProvider} = require('botframework-connector')

const [port, metadata, app] = process.argv.slice(2)
ChannelValidation.OpenIdMetadataEndpoint = metadata
const credentials = new SimpleCredentialProvider(app, '')

async function judge({authorization, serviceUrl, channelId}) {
  try {
    const identity = await ChannelValidation.authenticateChannelTokenWithServiceUrl(authorization, credentials, serviceUrl, channelId)
    return {accepted: identity.isAuthenticated, why: ''}
  } catch (error) {
    return {accepted: false, why: String(error.message)}
  }
}

http.createServer((request, answer) => {
  let body = ''
  request.on('data', piece => { body += piece })
  request.on('end', async () => answer.end(request.method === 'POST' ? JSON.stringify(await judge(JSON.parse(body))) : 'up'))
}).listen(Number(port), '127.0.0.1')
