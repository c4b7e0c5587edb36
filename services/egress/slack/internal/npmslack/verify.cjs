// Slack's own verifier of signatures: each line of the input is a request as JSON, each line of the output what Bolt says of it.
const {verifySlackRequest} = require('@slack/bolt/dist/receivers/verify-request.js')

require('readline').createInterface({input: process.stdin}).on('line', line => {
  try {
    verifySlackRequest(JSON.parse(line))
    console.log('accepted')
  } catch (e) {
    console.log('refused: ' + e.message)
  }
})
