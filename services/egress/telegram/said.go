package telegram

import "github.com/bonychat/puente/pkg/reason"

// said is all that Telegram's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAnswer = said.New("no_answer", reason.Network,
		"Telegram did not answer",
		"Telegram no ha respondido")
	outOfOrder = said.New("out_of_order", reason.Network,
		"Telegram is out of order",
		"Telegram no funciona en este momento")
	notTelegram = said.New("stranger", reason.Network,
		"something other than Telegram answers",
		"responde algo que no es Telegram")
	unreadableAnswer = said.New("unreadable_answer", reason.Network,
		"Telegram's answer cannot be read",
		"no se entiende la respuesta de Telegram")
	tokenRefused = said.New("token_refused", reason.Setup,
		"Telegram refuses the bot's token",
		"Telegram rechaza el token del bot")
	noBot = said.New("no_bot", reason.Setup,
		"Telegram knows no bot with this token",
		"Telegram no conoce ningún bot con este token")
	polledElsewhere = said.New("polled_elsewhere", reason.Setup,
		"another program polls this bot, and takes updates that never come here",
		"otro programa consulta este bot y se lleva mensajes que nunca llegan aquí")
	webhookInTheWay = said.New("webhook_in_the_way", reason.Setup,
		"the bot's webhook is in the way",
		"el webhook del bot impide consultarlo")
	notPermitted = said.New("not_permitted", reason.Contact,
		"Telegram does not let the bot write to this contact (403)",
		"Telegram no deja que el bot escriba a este contacto (403)")
	refusedCall = said.New("refused_call", reason.Setup,
		"Telegram refused {method} ({status})",
		"Telegram ha rechazado {method} ({status})")
	refusedMessage = said.New("refused", reason.Network,
		"Telegram refused the message ({status})",
		"Telegram ha rechazado el mensaje ({status})")
	blocked = said.New("bot_blocked", reason.Contact,
		"the contact blocked the bot",
		"el contacto ha bloqueado el bot")
	neverStarted = said.New("never_started", reason.Contact,
		"the contact has never started the bot",
		"el contacto nunca ha iniciado el bot")
	deactivated = said.New("deactivated", reason.Contact,
		"the contact's account no longer exists",
		"la cuenta del contacto ya no existe")
	isBot = said.New("is_bot", reason.Contact,
		"the contact is a bot",
		"el contacto es un bot")
	kicked = said.New("kicked", reason.Contact,
		"the bot was removed from the chat",
		"el bot ha sido expulsado del chat")
	notMember = said.New("not_member", reason.Contact,
		"the bot is not in the chat",
		"el bot no está en el chat")
	businessChat = said.New("business_chat", reason.Setup,
		"the chat belongs to a Telegram Business account that this bot does not serve",
		"el chat es de una cuenta de Telegram Business que este bot no atiende")
	topicGone = said.New("topic_gone", reason.Contact,
		"the topic of the chat no longer exists",
		"el tema del chat ya no existe")
	topicClosed = said.New("topic_closed", reason.Contact,
		"the topic of the chat is closed",
		"el tema del chat está cerrado")
	unknownContact = said.New("unknown_contact", reason.Contact,
		"Telegram knows no such contact, or the contact has never started the bot",
		"Telegram no conoce a este contacto, o el contacto nunca ha iniciado el bot")
	moved = said.New("moved", reason.Contact,
		"the chat has moved to another id",
		"el chat se ha movido a otro identificador")
	noRights = said.New("no_rights", reason.Contact,
		"the bot may not write to this chat",
		"el bot no tiene permiso para escribir en este chat")
	noBots = said.New("no_bots", reason.Contact,
		"the contact accepts no messages from bots",
		"el contacto no acepta mensajes de bots")
	textTooLong = said.New("text_too_long", reason.Agent,
		"the text is longer than Telegram takes",
		"el texto es más largo de lo que admite Telegram")
	captionTooLong = said.New("caption_too_long", reason.Agent,
		"the caption is longer than Telegram takes",
		"el pie del archivo es más largo de lo que admite Telegram")
	textEmpty = said.New("text_empty", reason.Agent,
		"the text is empty",
		"el texto está vacío")
	repliesTooLong = said.New("replies_too_long", reason.Agent,
		"the quick replies are longer than Telegram takes",
		"las respuestas rápidas son más largas de lo que admite Telegram")
	cannotFetch = said.New("cannot_fetch", reason.Network,
		"Telegram cannot fetch the file",
		"Telegram no puede obtener el archivo")
	pictureShape = said.New("picture_shape", reason.Agent,
		"Telegram does not take a picture of this shape",
		"Telegram no admite una imagen con estas proporciones")
	pictureKind = said.New("picture_kind", reason.Agent,
		"Telegram does not take this kind of picture",
		"Telegram no admite este tipo de imagen")
	fileKind = said.New("file_kind", reason.Agent,
		"Telegram does not take this kind of file",
		"Telegram no admite este tipo de archivo")
	noVoice = said.New("no_voice", reason.Contact,
		"the contact accepts no voice messages",
		"el contacto no acepta mensajes de voz")
	tooLarge = said.New("file_too_large", reason.Agent,
		"the file is larger than Telegram takes",
		"el archivo es más grande de lo que admite Telegram")
	fileEmpty = said.New("file_empty", reason.Agent,
		"the file is empty",
		"el archivo está vacío")
	notHandedOutNow = said.New("file_unavailable", reason.Network,
		"Telegram does not hand the file out at the moment",
		"Telegram no entrega el archivo en este momento")
	notHandedOut = said.New("file_withheld", reason.Network,
		"Telegram does not hand the file out",
		"Telegram no entrega el archivo")
	fileGone = said.New("file_gone", reason.Network,
		"Telegram no longer has the file",
		"Telegram ya no tiene el archivo")
	tooLargeToFetch = said.New("file_too_large_to_fetch", reason.Contact,
		"the file is larger than the 20 MB that Telegram hands out to bots",
		"el archivo supera los 20 MB que Telegram entrega a los bots")
	localServer = said.New("local_server", reason.Setup,
		"the Bot API server at api runs with --local: it hands out paths on its own disk, and no files",
		"el servidor de la Bot API (api) funciona con --local: entrega rutas de su propio disco y no archivos")
	hostUnresolved = said.New("webhook_host", reason.Setup,
		"Telegram cannot resolve the host of public_url",
		"Telegram no encuentra el servidor de public_url")
	badWebhook = said.New("bad_webhook", reason.Setup,
		"Telegram takes no such webhook: public_url must be https, public, and on port 443, 80, 88 or 8443",
		"Telegram no admite este webhook: public_url debe ser https, pública y con el puerto 443, 80, 88 u 8443")
	noFileAddress = said.New("no_file_address", reason.Agent,
		"the attachment has no address",
		"el adjunto no tiene dirección")
	unknownAttachment = said.New("unknown_attachment", reason.Puente,
		"this version cannot send such an attachment to Telegram",
		"esta versión no puede enviar este tipo de adjunto a Telegram")
	unknownContent = said.New("unknown_content", reason.Puente,
		"this version cannot send such a message to Telegram",
		"esta versión no puede enviar este tipo de mensaje a Telegram")
	noChatID = said.New("no_chat_id", reason.Agent,
		"a Telegram contact is a chat id: the number of a private chat with the bot",
		"un contacto de Telegram es un identificador de chat: el número de un chat privado con el bot")
	topicUnknown = said.New("topic_unknown", reason.Puente,
		"the topic that the contact wrote in is not known now",
		"ahora no se sabe en qué tema escribió el contacto")
)
