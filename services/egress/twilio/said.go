package twilio

import "github.com/bonychat/puente/pkg/reason"

// said is all that Twilio's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"Twilio did not answer",
		"Twilio no ha respondido")
	twilioDown = said.New("out_of_order", reason.Network,
		"Twilio is out of order",
		"Twilio no funciona en este momento")
	notTwilio = said.New("stranger", reason.Network,
		"something other than Twilio answers",
		"responde algo que no es Twilio")
	unreadableAnswer = said.New("unreadable_answer", reason.Network,
		"Twilio's answer cannot be read",
		"no se entiende la respuesta de Twilio")
	badCredentials = said.New("credentials_refused", reason.Setup,
		"Twilio refuses account_sid and auth_token",
		"Twilio rechaza account_sid y auth_token")
	accountClosed = said.New("account_closed", reason.Setup,
		"the Twilio account is suspended or closed",
		"la cuenta de Twilio está suspendida o cerrada")
	noAccount = said.New("no_account", reason.Setup,
		"Twilio knows no account with this account_sid",
		"Twilio no conoce ninguna cuenta con este account_sid")
	numberWithheld = said.New("number_withheld", reason.Contact,
		"the contact withholds their number, and cannot be answered",
		"el contacto oculta su número y no se le puede responder")
	notE164 = said.New("not_a_number", reason.Agent,
		"a Twilio contact is a phone number in E.164, such as +12015550123: a short code or a name cannot be answered",
		"un contacto de Twilio es un número de teléfono en E.164, como +12015550123: no se puede responder a un código corto ni a un nombre")
	lastSenderUnknown = said.New("last_sender_unknown", reason.Puente,
		"what the contact last wrote on cannot be looked up",
		"no se puede consultar por dónde escribió el contacto por última vez")
	noFileAddress = said.New("no_file_address_told", reason.Network,
		"Twilio told no address of the file",
		"Twilio no ha indicado la dirección del archivo")
	fileGone = said.New("file_gone", reason.Network,
		"Twilio no longer has the file",
		"Twilio ya no tiene el archivo")
	notHandedOut = said.New("file_withheld", reason.Network,
		"Twilio does not hand the file out",
		"Twilio no entrega el archivo")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to Twilio",
		"esta versión no puede enviar este tipo de mensaje a Twilio")
	attachmentWithoutAddress = said.New("no_file_address", reason.Agent,
		"the attachment has no address",
		"el adjunto no tiene dirección")
	linkTooLong = said.New("link_too_long", reason.Agent,
		"the file can go as a link only, and its link and caption are longer than one message",
		"el archivo solo puede enviarse como enlace, y el enlace con su texto no cabe en un mensaje")
	takesNoFiles = said.New("takes_no_files", reason.Agent,
		"this sender, or this contact, takes no files",
		"este remitente, o este contacto, no admite archivos")
	refusedMessage = said.New("refused", reason.Network,
		"Twilio refused the message ({code})",
		"Twilio ha rechazado el mensaje ({code})")
	cancelled = said.New("cancelled", reason.Agent,
		"the message was cancelled at Twilio",
		"el mensaje se ha cancelado en Twilio")
	notDelivered = said.New("not_delivered", reason.Network,
		"Twilio could not deliver the message",
		"Twilio no ha podido entregar el mensaje")
	notDeliveredCode = said.New("not_delivered_code", reason.Network,
		"Twilio could not deliver the message ({code}): see https://www.twilio.com/docs/errors/{code}",
		"Twilio no ha podido entregar el mensaje ({code}): consulte https://www.twilio.com/docs/errors/{code}")
	notMobile = said.New("not_mobile", reason.Contact,
		"the number takes no text messages: it may be a landline",
		"el número no recibe mensajes de texto: puede ser un fijo")
	badSender = said.New("bad_sender", reason.Setup,
		"Twilio does not let this account send from the configured sender (from)",
		"Twilio no deja que esta cuenta envíe desde el remitente configurado (from)")
	noSender = said.New("no_sender", reason.Setup,
		"the Messaging Service has no sender for this contact",
		"el Messaging Service no tiene remitente para este contacto")
	noFile = said.New("cannot_fetch", reason.Network,
		"Twilio cannot fetch the file",
		"Twilio no puede obtener el archivo")
	badFile = said.New("bad_file", reason.Agent,
		"the channel does not take this file: its type, or its size",
		"el canal no admite este archivo, por su tipo o por su tamaño")
	unreachable = said.New("unreachable_on_channel", reason.Contact,
		"the contact cannot be reached on this channel: the number may be wrong, or not on it",
		"no se puede contactar por este canal: el número puede ser incorrecto o no estar en él")
	unknownTo = said.New("unknown_number", reason.Contact,
		"the contact's number does not exist, or its phone cannot be reached",
		"el número del contacto no existe, o su teléfono no está disponible")
	filtered = said.New("filtered", reason.Agent,
		"a carrier filtered the message as unwanted",
		"una operadora ha filtrado el mensaje como no deseado")
	register = said.New("register_sender", reason.Setup,
		"the sender has to be registered for this country in Twilio before carriers take its messages",
		"hay que registrar el remitente en Twilio para este país antes de que las operadoras acepten sus mensajes")
	senderRate = said.New("sender_rate", reason.Network,
		"the sender is over its limit: send it again later",
		"el remitente ha superado su límite: envíelo de nuevo más tarde")
	outOfOrder = said.New("channel_out_of_order", reason.Network,
		"Twilio or the channel was out of order: send it again",
		"Twilio o el canal no funcionaban: envíelo de nuevo")
	invalidNumber = said.New("invalid_number", reason.Contact,
		"this is no valid phone number",
		"no es un número de teléfono válido")
	optedOut = said.New("opted_out", reason.Contact,
		"the contact has opted out (STOP): only they can opt in again, by writing START",
		"el contacto se ha dado de baja (STOP): solo puede volver a darse de alta él mismo, escribiendo START")
	noWay = said.New("no_way", reason.Setup,
		"Twilio has no way from this sender to the contact's number",
		"Twilio no puede llegar desde este remitente al número del contacto")
	otherChannel = said.New("other_channel", reason.Setup,
		"the sender and the contact are not on the same channel",
		"el remitente y el contacto no están en el mismo canal")
	phoneOff = said.New("phone_off", reason.Contact,
		"the contact's phone is off or out of reach: send it again later",
		"el teléfono del contacto está apagado o sin cobertura: envíelo de nuevo más tarde")
	carrierBlocks = said.New("carrier_blocks", reason.Contact,
		"the contact or their carrier blocks the message",
		"el contacto o su operadora bloquea el mensaje")
	landline = said.New("landline", reason.Contact,
		"the number is a landline, or its carrier cannot be reached",
		"el número es un fijo, o no se puede llegar a su operadora")
	whatsappClosed = said.New("whatsapp_not_allowed", reason.Contact,
		"WhatsApp does not let businesses write to this contact at present",
		"WhatsApp no deja por ahora que las empresas escriban a este contacto")
	blockedSender = said.New("blocked", reason.Contact,
		"the contact has blocked this sender, or opted out",
		"el contacto ha bloqueado a este remitente o se ha dado de baja")
	notInSandbox = said.New("not_in_sandbox", reason.Contact,
		"the contact has not joined the WhatsApp sandbox: they have to write its join code first",
		"el contacto no se ha unido al entorno de pruebas de WhatsApp: primero tiene que escribir su código")
	windowClosed = said.New("window_closed", reason.Agent,
		"the 24 hours in which WhatsApp takes free messages are over: wait until the contact writes, or send a template from elsewhere",
		"han pasado las 24 horas en las que WhatsApp admite mensajes libres: espere a que el contacto escriba o envíe una plantilla por otro medio")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	textTooLong = said.New("text_too_long", reason.Agent,
		"the text is longer than Twilio takes",
		"el texto es más largo de lo que admite Twilio")
	contentNotTaken = said.New("content_not_taken", reason.Agent,
		"the channel does not take this content",
		"el canal no admite este contenido")
	againstPolicy = said.New("against_policy", reason.Agent,
		"the channel refused the message: it is against its policy",
		"el canal ha rechazado el mensaje: incumple sus normas")
	undelivered = said.New("undelivered", reason.Network,
		"the carrier did not deliver the message, and does not say why",
		"la operadora no ha entregado el mensaje y no dice por qué")
	partLost = said.New("part_lost", reason.Network,
		"a part of the message was lost on its way",
		"una parte del mensaje se ha perdido por el camino")
	noMMS = said.New("no_mms", reason.Contact,
		"the contact's phone takes no files by MMS",
		"el teléfono del contacto no admite archivos por MMS")
	channelCredentials = said.New("channel_credentials", reason.Setup,
		"the channel does not take Twilio's credentials for the sender: see Twilio's console",
		"el canal no acepta las credenciales de Twilio para el remitente: consulte la consola de Twilio")
	noService = said.New("no_service", reason.Setup,
		"Twilio knows no such Messaging Service (from)",
		"Twilio no conoce ese Messaging Service (from)")
	statusAddress = said.New("status_address", reason.Setup,
		"Twilio cannot call public_url for the message's status: it must be a public address",
		"Twilio no puede llamar a public_url para informar del estado: debe ser una dirección pública")
	countryOff = said.New("country_off", reason.Setup,
		"sending to this country is switched off in Twilio: allow it under Messaging, Settings, Geo permissions",
		"el envío a este país está desactivado en Twilio: actívelo en Messaging, Settings, Geo permissions")
	trial = said.New("trial_account", reason.Setup,
		"a trial account of Twilio writes to verified numbers only",
		"una cuenta de prueba de Twilio solo escribe a números verificados")
	accountSuspended = said.New("account_suspended", reason.Setup,
		"the Twilio account is suspended",
		"la cuenta de Twilio está suspendida")
	tooExpensive = said.New("too_expensive", reason.Setup,
		"the message costs more than the account's highest price",
		"el mensaje cuesta más que el precio máximo de la cuenta")
	verifyTollFree = said.New("verify_toll_free", reason.Setup,
		"the toll-free number has to be verified in Twilio before carriers take its messages",
		"hay que verificar el número gratuito en Twilio antes de que las operadoras acepten sus mensajes")
	sendingDisabled = said.New("sending_disabled", reason.Setup,
		"sending is disabled for the Twilio account",
		"el envío está desactivado en la cuenta de Twilio")
	businessNotAccepted = said.New("business_not_accepted", reason.Setup,
		"WhatsApp has not accepted the business account: see Twilio's console",
		"WhatsApp no ha aceptado la cuenta de empresa: consulte la consola de Twilio")
	accountDailyLimit = said.New("daily_limit", reason.Setup,
		"the Twilio account is over its daily limit: send it again tomorrow",
		"la cuenta de Twilio ha superado su límite diario: envíelo de nuevo mañana")
	carrierOverloaded = said.New("carrier_overloaded", reason.Network,
		"a carrier was overloaded: send it again",
		"una operadora estaba saturada: envíelo de nuevo")
	carrierTimeout = said.New("carrier_timeout", reason.Network,
		"a carrier did not answer in time: send it again",
		"una operadora no ha respondido a tiempo: envíelo de nuevo")
	tooManyRequests = said.New("too_many_requests", reason.Network,
		"Twilio takes no more requests of this account for the moment: it is tried again in {after}",
		"Twilio no admite por ahora más peticiones de esta cuenta: se prueba de nuevo en {after}")
	senderQueueFull = said.New("queue_full", reason.Network,
		"as many messages of this sender wait at Twilio as it keeps: it is tried again in {after}",
		"en Twilio esperan ya tantos mensajes de este remitente como admite: se prueba de nuevo en {after}")
	accountOverRate = said.New("account_over_rate", reason.Network,
		"the channel takes no more messages of this account for the moment: it is tried again in {after}",
		"el canal no admite por ahora más mensajes de esta cuenta: se prueba de nuevo en {after}")
	senderOverRate = said.New("sender_over_rate", reason.Network,
		"the channel takes no more messages of this sender for the moment: it is tried again in {after}",
		"el canal no admite por ahora más mensajes de este remitente: se prueba de nuevo en {after}")
	dayUsedUp = said.New("day_used_up", reason.Setup,
		"the Twilio account has sent as much as it may in a day: it is tried again in {after}",
		"la cuenta de Twilio ya ha enviado todo lo que puede en un día: se prueba de nuevo en {after}")
)
