package viber

import "github.com/bonychat/puente/pkg/reason"

// said is all that Viber's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"Viber did not answer",
		"Viber no ha respondido")
	notViber = said.New("stranger", reason.Network,
		"something other than Viber answers",
		"responde algo que no es Viber")
	webhookNotCalled = said.New("webhook_not_called", reason.Setup,
		"Viber cannot call the webhook: the bridge must run, and public_url be reachable from outside with a certificate that is trusted",
		"Viber no puede llamar al webhook: la pasarela debe estar en marcha y public_url accesible desde fuera con un certificado de confianza")
	notRead = said.New("not_read", reason.Agent,
		"Viber cannot read the message, or does not take such a file",
		"Viber no entiende el mensaje, o no admite ese tipo de archivo")
	somethingMissing = said.New("something_missing", reason.Puente,
		"Viber misses something in the message",
		"a Viber le falta algo en el mensaje")
	notRegistered = said.New("not_registered", reason.Contact,
		"the contact is not registered with Viber",
		"el contacto no está registrado en Viber")
	notSubscribed = said.New("not_subscribed", reason.Contact,
		"the contact does not subscribe to the bot, or has left it",
		"el contacto no está suscrito al bot, o lo ha dejado")
	noDevice = said.New("no_device", reason.Contact,
		"the contact has no device with a Viber that shows messages of bots",
		"el contacto no tiene ningún dispositivo con un Viber que muestre mensajes de bots")
	tooOld = said.New("too_old", reason.Contact,
		"the contact's Viber is too old for the message",
		"el Viber del contacto es demasiado antiguo para el mensaje")
	notTaken = said.New("not_taken", reason.Agent,
		"Viber does not take such a message",
		"Viber no admite este tipo de mensaje")
	countryNotCarried = said.New("country_not_carried", reason.Network,
		"Viber does not carry such a message to the contact's country",
		"Viber no lleva este tipo de mensaje al país del contacto")
	monthUsedUp = said.New("month_used_up", reason.Setup,
		"the bot has used up this month's free messages to contacts who have not written",
		"el bot ha agotado los mensajes gratuitos de este mes a contactos que no han escrito")
	noBot = said.New("no_bot", reason.Setup,
		"Viber knows no bot with this token",
		"Viber no conoce ningún bot con este token")
	botBlocked = said.New("bot_suspended", reason.Setup,
		"Viber has blocked or suspended the bot",
		"Viber ha bloqueado o suspendido el bot")
	noBalance = said.New("no_balance", reason.Setup,
		"the bot's balance at Viber is used up",
		"el bot ha agotado su saldo en Viber")
	noWebhook = said.New("no_webhook", reason.Setup,
		"the bot has no webhook, and Viber sends nothing without one",
		"el bot no tiene webhook, y sin él Viber no envía nada")
	notTakenStatus = said.New("not_taken_status", reason.Network,
		"Viber does not take the message (status {status})",
		"Viber no acepta el mensaje (estado {status})")
	noFileAddress = said.New("no_file_address", reason.Agent,
		"the file has no address",
		"el archivo no tiene dirección")
	fileGone = said.New("file_gone", reason.Network,
		"Viber no longer has the file",
		"Viber ya no tiene el archivo")
	notHandedOut = said.New("file_unavailable", reason.Network,
		"Viber does not hand the file out at the moment",
		"Viber no entrega el archivo en este momento")
	notShown = said.New("not_shown", reason.Contact,
		"Viber could not show the message on the contact's device",
		"Viber no ha podido mostrar el mensaje en el dispositivo del contacto")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to Viber",
		"esta versión no puede enviar este tipo de mensaje a Viber")
)
