package discord

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noUser = said.New("no_user", reason.Contact,
		"the contact has no Discord user id",
		"el contacto no tiene un identificador de usuario de Discord")
	unknownContact = said.New("unknown_contact", reason.Contact,
		"Discord does not know the contact",
		"Discord no conoce al contacto")
	cannotSend = said.New("cannot_send", reason.Contact,
		"Discord does not deliver to this user: they have blocked the bot, take no direct messages, or share no server with it",
		"Discord no entrega a este usuario: ha bloqueado el bot, no acepta mensajes directos o no comparte ningún servidor con él")
	noMutualServer = said.New("no_mutual_server", reason.Contact,
		"the contact shares no server with the bot any more",
		"el contacto ya no comparte ningún servidor con el bot")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	unknownContent = said.New("unknown_content", reason.Puente,
		"Discord does not carry this kind of message",
		"Discord no admite este tipo de mensaje")
	noFileAddress = said.New("no_file_address", reason.Puente,
		"the file has no address",
		"el archivo no tiene dirección")
	tooLarge = said.New("too_large", reason.Agent,
		"the file is larger than the 10 MB that Discord takes",
		"el archivo supera los 10 MB que acepta Discord")
	badFile = said.New("bad_file", reason.Agent,
		"Discord does not take the file",
		"Discord no acepta el archivo")
	blocked = said.New("blocked", reason.Agent,
		"Discord's filter blocked the message",
		"el filtro de Discord ha bloqueado el mensaje")
	refused = said.New("refused", reason.Network,
		"Discord refused the message (code {code})",
		"Discord rechazó el mensaje (código {code})")
	usedUp = said.New("used_up", reason.Network,
		"Discord takes no more messages to this contact for a moment",
		"Discord no acepta más mensajes a este contacto por un momento")
	tooManyNew = said.New("too_many_new", reason.Network,
		"the bot has begun too many conversations in a short time",
		"el bot ha iniciado demasiadas conversaciones en poco tiempo")
	tokenRefused = said.New("token_refused", reason.Setup,
		"Discord refuses the bot's token",
		"Discord rechaza el token del bot")
	notAdmitted = said.New("not_admitted", reason.Setup,
		"Discord does not let the bot listen (code {code})",
		"Discord no permite al bot escuchar (código {code})")
	outOfOrder = said.New("out_of_order", reason.Network,
		"Discord is out of order",
		"Discord no funciona en este momento")
	noAnswer = said.New("no_answer", reason.Network,
		"Discord did not answer",
		"Discord no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"Discord's answer cannot be read",
		"no se entiende la respuesta de Discord")
	lost = said.New("lost", reason.Network,
		"the connection to Discord broke",
		"se cortó la conexión con Discord")
	sessionOver = said.New("session_over", reason.Network,
		"Discord has ended the bot's session, and a new one begins",
		"Discord ha cerrado la sesión del bot y empieza otra")
	sessionsUsed = said.New("sessions_used", reason.Network,
		"the bot has begun too many sessions today, and a new one has to wait",
		"el bot ha empezado demasiadas sesiones hoy y la siguiente tiene que esperar")
	fileGone = said.New("file_gone", reason.Network,
		"Discord does not hand out the file",
		"Discord no entrega el archivo")
)
