package clicksend

import "github.com/bonychat/puente/pkg/reason"

// said is all that ClickSend's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"ClickSend did not answer",
		"ClickSend no ha respondido")
	down = said.New("out_of_order", reason.Network,
		"ClickSend is out of order",
		"ClickSend no funciona en este momento")
	notClickSend = said.New("stranger", reason.Network,
		"something other than ClickSend answers",
		"responde algo que no es ClickSend")
	unreadableAnswer = said.New("unreadable_answer", reason.Network,
		"ClickSend's answer cannot be read",
		"no se entiende la respuesta de ClickSend")
	listGrows = said.New("list_grows", reason.Network,
		"ClickSend's list grows faster than it is read",
		"la lista de ClickSend crece más deprisa de lo que se lee")
	tooManyRules = said.New("too_many_rules", reason.Setup,
		"the ClickSend account has more rules than can be looked through",
		"la cuenta de ClickSend tiene más reglas de las que se pueden revisar")
	credentialsRefused = said.New("credentials_refused", reason.Setup,
		"ClickSend refuses the username or the API key",
		"ClickSend rechaza el usuario o la clave de la API")
	forbidden = said.New("forbidden", reason.Setup,
		"ClickSend does not let this user do that",
		"ClickSend no permite a este usuario hacer eso")
	notActivated = said.New("not_activated", reason.Setup,
		"the ClickSend account is not activated",
		"la cuenta de ClickSend no está activada")
	noCredit = said.New("no_credit", reason.Setup,
		"the ClickSend account has no credit left",
		"la cuenta de ClickSend se ha quedado sin saldo")
	banned = said.New("banned", reason.Setup,
		"ClickSend has banned the account",
		"ClickSend ha vetado la cuenta")
	invalidRecipient = said.New("invalid_number", reason.Contact,
		"the number is not one that can be sent an SMS",
		"a este número no se le puede enviar un SMS")
	badSender = said.New("bad_sender", reason.Setup,
		"ClickSend does not take the channel's sender (from) for this number",
		"ClickSend no acepta el remitente del canal (from) para este número")
	countryOff = said.New("country_off", reason.Setup,
		"the ClickSend account may not send to this country: enable it under Global Sending",
		"la cuenta de ClickSend no puede enviar a este país: actívelo en Global Sending")
	register = said.New("registration_needed", reason.Setup,
		"the ClickSend account has to be registered before it may send to this country",
		"hay que registrar la cuenta de ClickSend antes de que pueda enviar a este país")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	somethingMissing = said.New("something_missing", reason.Puente,
		"ClickSend misses something in the message",
		"a ClickSend le falta algo en el mensaje")
	tooManyRecipients = said.New("too_many_recipients", reason.Agent,
		"ClickSend takes no message to so many",
		"ClickSend no admite un mensaje para tantos destinatarios")
	badSchedule = said.New("bad_schedule", reason.Puente,
		"ClickSend does not take the message's time",
		"ClickSend no acepta la hora del mensaje")
	mayNotWrite = said.New("may_not_write", reason.Setup,
		"ClickSend does not let this user write to the contact",
		"ClickSend no permite a este usuario escribir al contacto")
	refusedCall = said.New("refused_call", reason.Setup,
		"ClickSend refused {what} ({code})",
		"ClickSend ha rechazado la operación: {what} ({code})")
	optedOut = said.New("opted_out", reason.Contact,
		"the contact has opted out of messages",
		"el contacto se ha dado de baja de los mensajes")
	notTaken = said.New("not_taken", reason.Network,
		"ClickSend does not take the message ({code})",
		"ClickSend no acepta el mensaje ({code})")
	cannotFetch = said.New("cannot_fetch", reason.Network,
		"the file cannot be fetched from its address",
		"no se puede obtener el archivo de su dirección")
	fileGone = said.New("file_gone", reason.Network,
		"ClickSend no longer has the file",
		"ClickSend ya no tiene el archivo")
	notHandedOut = said.New("file_unavailable", reason.Network,
		"ClickSend does not hand the file out at the moment",
		"ClickSend no entrega el archivo en este momento")
	noNumber = said.New("not_a_number", reason.Agent,
		"a ClickSend contact is a phone number in international form, such as +61411111111",
		"un contacto de ClickSend es un número de teléfono en formato internacional, como +61411111111")
	textsOnly = said.New("texts_only", reason.Agent,
		"this version sends only texts by SMS",
		"esta versión solo envía textos por SMS")
	notInUse = said.New("not_in_use", reason.Contact,
		"the number is not in use",
		"el número no existe")
	notValid = said.New("not_valid", reason.Contact,
		"the number is not valid, or its network cannot be reached",
		"el número no es válido, o no se puede llegar a su operadora")
	networkRefused = said.New("carrier_refused", reason.Contact,
		"the contact's network refused the message",
		"la operadora del contacto ha rechazado el mensaje")
	phoneOff = said.New("phone_off", reason.Contact,
		"the contact's phone has been off or out of reach for hours",
		"el teléfono del contacto lleva horas apagado o sin cobertura")
	phoneFull = said.New("phone_full", reason.Contact,
		"the contact's phone has no room for messages",
		"el teléfono del contacto no tiene espacio para mensajes")
	noSMS = said.New("no_sms", reason.Contact,
		"the contact's phone or contract takes no SMS",
		"el teléfono o la tarifa del contacto no admite SMS")
	spam = said.New("spam", reason.Agent,
		"the contact's network refused the message as spam",
		"la operadora del contacto ha rechazado el mensaje como spam")
	congested = said.New("congested", reason.Network,
		"the contact's network is out of order or congested",
		"la operadora del contacto no funciona o está saturada")
	carrierTimeout = said.New("carrier_timeout", reason.Network,
		"the contact's network did not answer in time",
		"la operadora del contacto no ha respondido a tiempo")
	noRoute = said.New("no_route", reason.Network,
		"there is no way to the contact's network",
		"no hay forma de llegar a la operadora del contacto")
	receiptExpired = said.New("receipt_expired", reason.Network,
		"the contact's network did not tell in time whether it delivered the message",
		"la operadora del contacto no ha confirmado a tiempo si ha entregado el mensaje")
	cancelledForContent = said.New("cancelled_for_content", reason.Agent,
		"ClickSend's staff cancelled the message for its content",
		"el personal de ClickSend ha cancelado el mensaje por su contenido")
	cancelled = said.New("cancelled", reason.Agent,
		"the message was cancelled at ClickSend",
		"el mensaje se ha cancelado en ClickSend")
	unknownFailure = said.New("unknown_failure", reason.Network,
		"the message was not delivered, for a reason that ClickSend does not know",
		"el mensaje no se ha entregado, por un motivo que ClickSend desconoce")
	notDeliveredCode = said.New("not_delivered_code", reason.Network,
		"the message was not delivered (ClickSend's error {code})",
		"el mensaje no se ha entregado (error {code} de ClickSend)")
	notDelivered = said.New("not_delivered", reason.Network,
		"the message was not delivered",
		"el mensaje no se ha entregado")
)
