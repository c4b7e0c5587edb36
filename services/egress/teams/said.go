package teams

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	nobody = said.New("nobody", reason.Contact,
		"the contact has no id in Teams",
		"el contacto no tiene un identificador en Teams")
	notInstalled = said.New("not_installed", reason.Contact,
		"the bot is not installed for this person: they or an administrator removed it",
		"esta persona no tiene instalado el bot: lo ha quitado ella o un administrador")
	blocked = said.New("blocked", reason.Contact,
		"the person has blocked or muted the bot, or removed it",
		"la persona ha bloqueado, silenciado o quitado el bot")
	noConversation = said.New("no_conversation", reason.Contact,
		"Teams does not know the conversation with this person",
		"Teams no conoce la conversación con esta persona")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	tooLarge = said.New("too_large", reason.Agent,
		"the message is larger than Teams takes",
		"el mensaje es más grande de lo que acepta Teams")
	unknownContent = said.New("unknown_content", reason.Puente,
		"Teams does not carry this kind of message",
		"Teams no admite este tipo de mensaje")
	noFileAddress = said.New("no_file_address", reason.Puente,
		"the file has no address",
		"el archivo no tiene dirección")
	refused = said.New("refused", reason.Network,
		"Teams refused the message ({status})",
		"Teams rechazó el mensaje ({status})")
	tokenRefused = said.New("token_refused", reason.Setup,
		"Teams refuses the bot: its app id may be of another bot or tenant",
		"Teams rechaza el bot: puede que el identificador de la aplicación sea de otro bot o de otro tenant")
	secretRefused = said.New("secret_refused", reason.Setup,
		"Microsoft refuses the bot's credentials: app id, client secret or tenant",
		"Microsoft rechaza las credenciales del bot: identificador de la aplicación, secreto o tenant")
	outOfOrder = said.New("out_of_order", reason.Network,
		"Teams is out of order",
		"Teams no funciona en este momento")
	noAnswer = said.New("no_answer", reason.Network,
		"Teams did not answer",
		"Teams no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"Teams's answer cannot be read",
		"no se entiende la respuesta de Teams")
	fileGone = said.New("file_gone", reason.Network,
		"Teams does not hand out the file",
		"Teams no entrega el archivo")
)
