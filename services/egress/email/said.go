package email

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noAddress = said.New("no_address", reason.Contact,
		"the contact has no e-mail address",
		"el contacto no tiene dirección de correo")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	unknownContent = said.New("unknown_content", reason.Puente,
		"an e-mail does not carry this kind of message",
		"un correo no lleva este tipo de mensaje")
	noFileAddress = said.New("no_file_address", reason.Puente,
		"the file has no address",
		"el archivo no tiene dirección")
	noConnection = said.New("no_connection", reason.Network,
		"the mail server cannot be reached, or the connection broke",
		"no se llega al servidor de correo o se cortó la conexión")
	noAnswer = said.New("no_answer", reason.Network,
		"the mail server did not answer",
		"el servidor de correo no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"the mail server's answer cannot be read",
		"no se entiende la respuesta del servidor de correo")
	noTLS = said.New("no_tls", reason.Setup,
		"the mail server offers no TLS: set encryption to none only in a network of your own",
		"el servidor de correo no ofrece TLS: ponga encryption en none solo en una red propia")
	loginRefused = said.New("login_refused", reason.Setup,
		"the mail server refuses the login or its password ({code})",
		"el servidor de correo rechaza el usuario o su contraseña ({code})")
	grantRefused = said.New("grant_refused", reason.Setup,
		"the login's token is refused: the mailbox's owner has to agree anew, or the application's secret is wrong ({code})",
		"se rechaza el token de acceso: el dueño del buzón tiene que autorizar de nuevo o el secreto de la aplicación es incorrecto ({code})")
	noMailbox = said.New("no_mailbox", reason.Setup,
		"the mail server has no such folder: setting mailbox",
		"el servidor de correo no tiene esa carpeta: ajuste mailbox")
	busy = said.New("busy", reason.Network,
		"the mail server takes nothing at the moment ({code})",
		"el servidor de correo no acepta nada en este momento ({code})")
	quota = said.New("quota", reason.Setup,
		"the mailbox has sent as many mails as its provider allows for now ({code})",
		"el buzón ha enviado por ahora tantos correos como permite su proveedor ({code})")
	senderRefused = said.New("sender_refused", reason.Setup,
		"the mail server does not let the login send from this address ({code})",
		"el servidor de correo no permite enviar desde esta dirección ({code})")
	unknownAddress = said.New("unknown_address", reason.Contact,
		"there is no mailbox with this address ({code})",
		"no existe ningún buzón con esta dirección ({code})")
	mailboxFull = said.New("mailbox_full", reason.Contact,
		"the contact's mailbox is full ({code})",
		"el buzón del contacto está lleno ({code})")
	mailboxOff = said.New("mailbox_off", reason.Contact,
		"the contact's mailbox takes no mails ({code})",
		"el buzón del contacto no acepta correos ({code})")
	tooLarge = said.New("too_large", reason.Agent,
		"the mail is larger than a server on the way takes ({code})",
		"el correo es mayor de lo que acepta un servidor del camino ({code})")
	unreachable = said.New("unreachable", reason.Contact,
		"the contact's mail server could not be reached in time ({code})",
		"no se pudo llegar a tiempo al servidor de correo del contacto ({code})")
	policy = said.New("policy", reason.Network,
		"the contact's mail server refuses the mail by its rules, perhaps as spam ({code})",
		"el servidor de correo del contacto rechaza el correo por sus normas, quizá como spam ({code})")
	noUnicode = said.New("no_unicode", reason.Contact,
		"the mail server takes no address with letters like these ({code})",
		"el servidor de correo no acepta direcciones con letras así ({code})")
	refused = said.New("refused", reason.Network,
		"the mail server refused the mail ({code})",
		"el servidor de correo rechazó el correo ({code})")
	undeliverable = said.New("undeliverable", reason.Network,
		"the mail could not be delivered ({code})",
		"el correo no se pudo entregar ({code})")
	fileGone = said.New("file_gone", reason.Contact,
		"the mail with the file is not in the mailbox any more",
		"el correo con el archivo ya no está en el buzón")
)
