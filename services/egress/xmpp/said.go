package xmpp

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	unknownContent = said.New("unknown_content", reason.Puente,
		"the message is of a kind that XMPP does not carry",
		"el mensaje es de un tipo que XMPP no lleva")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	noAddress = said.New("no_address", reason.Contact,
		"the contact has no XMPP address",
		"el contacto no tiene dirección de XMPP")
	noFileAddress = said.New("no_file_address", reason.Puente,
		"the file has no address",
		"el archivo no tiene dirección")
	tooLarge = said.New("too_large", reason.Agent,
		"the file is larger than the 100 MB that Puente uploads",
		"el archivo supera los 100 MB que Puente sube")
	uploadLater = said.New("upload_later", reason.Network,
		"the XMPP server takes no file at the moment",
		"el servidor de XMPP no acepta archivos en este momento")
	fileGone = said.New("file_gone", reason.Network,
		"the contact's server does not hand out the file",
		"el servidor del contacto no entrega el archivo")
	notConnected = said.New("not_connected", reason.Network,
		"there is no connection to the XMPP server yet",
		"todavía no hay conexión con el servidor de XMPP")
	lostStream = said.New("lost", reason.Network,
		"the connection to the XMPP server broke",
		"se cortó la conexión con el servidor de XMPP")
	noAnswer = said.New("no_answer", reason.Network,
		"the XMPP server did not answer",
		"el servidor de XMPP no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"the XMPP server's answer cannot be read",
		"no se entiende la respuesta del servidor de XMPP")
	secretRefused = said.New("secret_refused", reason.Setup,
		"the XMPP server refuses the component's secret",
		"el servidor de XMPP rechaza el secreto del componente")
	domainUnknown = said.New("domain_unknown", reason.Setup,
		"the XMPP server has no component for the domain of address ({code})",
		"el servidor de XMPP no tiene un componente para el dominio de address ({code})")
	connectedElsewhere = said.New("connected_elsewhere", reason.Network,
		"the component is connected from elsewhere, and the XMPP server takes one connection at a time",
		"el componente está conectado desde otro sitio y el servidor de XMPP solo acepta una conexión a la vez")
	connectLater = said.New("connect_later", reason.Network,
		"the XMPP server takes no connection at the moment ({code})",
		"el servidor de XMPP no acepta conexiones en este momento ({code})")
	notReached = said.New("not_reached", reason.Contact,
		"the contact does not exist, or takes no messages ({code})",
		"el contacto no existe o no recibe mensajes ({code})")
	serverNotReached = said.New("server_not_reached", reason.Contact,
		"the contact's server cannot be reached ({code})",
		"no se puede llegar al servidor del contacto ({code})")
	blocked = said.New("blocked", reason.Contact,
		"the contact, or their server, takes no messages from the channel ({code})",
		"el contacto, o su servidor, no acepta mensajes del canal ({code})")
	refused = said.New("refused", reason.Network,
		"the XMPP server refused the message ({code})",
		"el servidor de XMPP rechazó el mensaje ({code})")
	later = said.New("later", reason.Network,
		"the XMPP server did not take the message for now ({code})",
		"el servidor de XMPP no aceptó el mensaje por ahora ({code})")
)
