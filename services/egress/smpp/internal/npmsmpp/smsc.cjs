// An SMSC of npm smpp: node smsc.cjs SMPP_PORT HTTP_PORT. GET / says that it is up, GET /seen what it was sent, in its own words.
const http = require('http')
const smpp = require('smpp')

const [smppPort, httpPort] = process.argv.slice(2).map(Number)
const seen = {binds: [], submits: [], acknowledged: []}
let id = 0, busy = true

// what the SMSC says to a message of this text
const says = {
  'in GSM': [{data_coding: 0, short_message: '¿Cuánto? 5 €, [sí]'.replace('á', 'a').replace('í', 'i')}],
  'in UCS-2': [{data_coding: 8, short_message: 'Спасибо 👋'}],
  'in Latin-1': [{data_coding: 3, short_message: 'Sí, mañana'}],
  'in parts': [
    {short_message: {udh: Buffer.from([5, 0, 3, 9, 2, 2]), message: 'the end'}},
    {short_message: {udh: Buffer.from([5, 0, 3, 9, 2, 1]), message: 'the beginning, '}},
  ],
  'as payload': [{short_message: '', message_payload: 'whole '.repeat(60).trim()}],
}

const receivers = {} // by system_id

function deliver(session, pdu) {
  (receivers[session.system_id] || session).deliver_sm(pdu, answer => seen.acknowledged.push(answer.command_status))
}

smpp.createServer({}, session => {
  session.on('error', () => {})
  for (const how of ['bind_transceiver', 'bind_transmitter', 'bind_receiver']) {
    session.on(how, p => {
      session.system_id = p.system_id
      if (how !== 'bind_transmitter') receivers[p.system_id] = session
      seen.binds.push({how, system_id: p.system_id, version: p.interface_version})
      session.send(p.response({command_status: p.password === 's3cret' ? smpp.ESME_ROK : smpp.ESME_RINVPASWD, system_id: 'npm'}))
    })
  }
  session.on('enquire_link', p => session.send(p.response()))
  session.on('unbind', p => { session.send(p.response()); session.close() })
  session.on('submit_sm', p => {
    const text = p.message_payload ? p.message_payload.message || p.message_payload : p.short_message.message
    seen.submits.push({
      source: p.source_addr, source_ton: p.source_addr_ton, source_npi: p.source_addr_npi,
      destination: p.destination_addr, destination_ton: p.dest_addr_ton, destination_npi: p.dest_addr_npi,
      data_coding: p.data_coding, registered: p.registered_delivery, text: Buffer.isBuffer(text) ? text.toString('latin1') : text,
      part: p.short_message.udh ? [...p.short_message.udh[0]] : null,
    })
    if (text === 'busy' && busy) {
      busy = false
      return session.send(p.response({command_status: smpp.ESME_RTHROTTLED}))
    }
    const message_id = 'n' + (++id)
    session.send(p.response({message_id}))
    const back = {source_addr: p.destination_addr, source_addr_ton: 1, source_addr_npi: 1, destination_addr: p.source_addr}
    for (const one of says[text] || []) deliver(session, {...back, ...one})
    if (p.registered_delivery) {
      deliver(session, {
        ...back, esm_class: 4, receipted_message_id: message_id, message_state: 2,
        short_message: `id:${message_id} sub:001 dlvrd:001 submit date:2611290500 done date:2611290501 stat:DELIVRD err:000 text:`,
      })
    }
  })
}).listen(smppPort, '127.0.0.1', () => {
  http.createServer((request, answer) => {
    answer.end(request.url === '/seen' ? JSON.stringify(seen) : 'up')
  }).listen(httpPort, '127.0.0.1')
})
