package reason

// own are Puente's own reasons.
var own Table

// Own are Puente's own reasons, in the order of this file.
func Own() []Reason { return own.All() }

func puente(code string, fault Fault, en, es string) Reason {
	return own.New("puente."+code, fault, en, es)
}

// Why a message waits.
var (
	ToldToWait = puente("told_to_wait", Network,
		"the network asked to wait {after}",
		"la red ha pedido esperar {after}")
	NoAnswer = puente("no_answer", Network,
		"the network did not answer",
		"la red no ha respondido")
	UnclearAnswer = puente("unclear_answer", Network,
		"the network's answer does not say what became of it",
		"la respuesta de la red no dice qué ha pasado")
	DoesNotAnswer = puente("does_not_answer", Network,
		"the network does not answer at present: it is tried with one message at a time",
		"la red no responde en este momento: se prueba con un solo mensaje cada vez")
	Suspended = puente("suspended", Setup,
		"the channel is suspended",
		"el canal está suspendido")
	Paused = puente("paused", Puente,
		"the channel is paused",
		"el canal está en pausa")
	Behind = puente("behind", Puente,
		"it waits behind an earlier message of the same contact",
		"espera detrás de un mensaje anterior del mismo contacto")
	ContactRate = puente("contact_rate", Network,
		"the contact has been sent as much as the network allows for the moment",
		"al contacto ya se le ha enviado todo lo que la red permite por ahora")
	ChannelRate = puente("channel_rate", Network,
		"the channel has sent as much as the network allows for the moment",
		"el canal ya ha enviado todo lo que la red permite por ahora")
	AccountRate = puente("account_rate", Network,
		"the account has sent as much as the network allows for the moment",
		"la cuenta ya ha enviado todo lo que la red permite por ahora")
	Turn = puente("turn", Puente,
		"it waits for its turn: other contacts of the channel are being sent to",
		"espera su turno: se está enviando a otros contactos del canal")
	Takeover = puente("takeover", Puente,
		"another process is taking the channel over",
		"otro proceso se está haciendo cargo del canal")
	AwaitsReceipt = puente("awaits_receipt", Network,
		"it is not known whether the network took it: its receipt is waited for",
		"no se sabe si la red lo ha aceptado: se espera su confirmación")
	StoreFull = puente("store_full", Puente,
		"the store of outcomes is full",
		"el almacén de resultados está lleno")
	BrokerAway = puente("broker_away", Puente,
		"the broker does not answer at present",
		"el servidor de mensajes no responde en este momento")
	Renewing = puente("renewing", Puente,
		"the account's access token is being renewed",
		"se está renovando el token de acceso de la cuenta")
	StateNotKept = puente("state_not_kept", Puente,
		"what is kept of the channel could not be stored",
		"no se ha podido guardar lo que se recuerda del canal")
	NotLoaded = puente("not_loaded", Setup,
		"the channel's settings cannot be used by the process that sends",
		"el proceso que envía no puede usar la configuración del canal")
)

// Why a message will not arrive.
var (
	Expired = puente("expired", Network,
		"it could not be sent in time",
		"no se ha podido enviar a tiempo")
	RefusedAlone = puente("refused_alone", Network,
		"it was not taken, again and again, while other messages of the channel were",
		"no se ha aceptado en ningún intento, mientras que otros mensajes del canal sí")
	NotRepeated = puente("not_repeated", Network,
		"it is not known whether the network took it; it was not sent again, as the channel is set",
		"no se sabe si la red lo ha aceptado; no se ha vuelto a enviar, según la configuración del canal")
	EarlierPart = puente("earlier_part", Network,
		"an earlier part of the message could not be sent",
		"no se ha podido enviar una parte anterior del mensaje")
	ChannelRemoved = puente("channel_removed", Setup,
		"the channel was removed",
		"el canal se ha eliminado")
	ChannelUnknown = puente("channel_unknown", Setup,
		"the channel is no longer configured",
		"el canal ya no está configurado")
	AccountUnusable = puente("account_unusable", Setup,
		"the account cannot be used",
		"no se puede usar la cuenta")
	NoNumber = puente("no_number", Setup,
		"the sender has no phone number (a short code, a name, an id), and the channel names contacts by theirs",
		"el remitente no tiene número de teléfono (es un código corto, un nombre o un identificador) y el canal identifica a los contactos por su número")
	ContactsFull = puente("contacts_full", Puente,
		"the contact is new, and the store of contacts is full",
		"el contacto es nuevo y el almacén de contactos está lleno")
	PlatformFull = puente("platform_full", Network,
		"the channel's backlog towards the platform is full",
		"la cola del canal hacia la plataforma está llena")
	NotTaken = puente("not_taken", Puente,
		"the platform was told that it was not taken",
		"se comunicó a la plataforma que no se había aceptado")
	LostOutbound = puente("lost_outbound", Puente,
		"the gateway's storage was damaged while the message waited, and it is lost: nobody knows whether it was sent",
		"el almacenamiento de la pasarela se dañó mientras el mensaje esperaba y se ha perdido: no se sabe si llegó a enviarse")
	LostInbound = puente("lost_inbound", Puente,
		"the storage was damaged while the message waited for the platform, and its text is lost: the contact has to send it again",
		"el almacenamiento se dañó mientras el mensaje esperaba a la plataforma y su texto se ha perdido: el contacto tiene que enviarlo de nuevo")
	Internal = puente("internal", Puente,
		"an error inside the bridge",
		"un error interno de la pasarela")
)

// What cannot be read, or does not belong where it was found. Operators read these beside a dead letter.
var (
	Unreadable = puente("unreadable", Puente,
		"{detail}",
		"no se puede leer lo que ha llegado: {detail}")
	UnreadableMessage = puente("unreadable_message", Puente,
		"the stored message cannot be read",
		"el mensaje almacenado no se puede leer")
	UnreadableOutcome = puente("unreadable_outcome", Puente,
		"the stored outcome cannot be read",
		"el resultado almacenado no se puede leer")
	UnreadableLetter = puente("unreadable_letter", Puente,
		"the dead letter cannot be read",
		"la carta muerta no se puede leer")
	NoKey = puente("no_key", Puente,
		"a message without a key",
		"un mensaje sin clave")
	Misplaced = puente("misplaced", Puente,
		"an event that does not belong here: {kind}",
		"un evento que no corresponde aquí: {kind}")
	BadName = puente("bad_name", Puente,
		"it cannot be stored under its name: {detail}",
		"no se puede almacenar con su nombre: {detail}")
)

// What any network may answer, and what the bridge finds out by itself where it calls one.
var (
	Unreachable = puente("unreachable", Network,
		"the network cannot be reached",
		"no se puede conectar con la red")
	OutOfOrder = puente("out_of_order", Network,
		"the network is out of order",
		"la red no funciona en este momento")
	CredentialRefused = puente("credential_refused", Setup,
		"the network refuses the credential",
		"la red rechaza la credencial")
	Refused = puente("refused", Network,
		"the network refused the message ({status})",
		"la red ha rechazado el mensaje ({status})")
	Stranger = puente("stranger", Network,
		"something other than the network answers ({status})",
		"responde algo que no es la red ({status})")
	StrangeAnswer = puente("strange_answer", Network,
		"the network gave an answer that it should not",
		"la red ha dado una respuesta que no debería")
	NotPublic = puente("not_public", Setup,
		"the address is not public",
		"la dirección no es pública")
	BadAddress = puente("bad_address", Setup,
		"the address of the request is not valid",
		"la dirección de la petición no es válida")
	NotAllowed = puente("not_allowed", Setup,
		"the address of the request {detail}",
		"no se permite la dirección de la petición: {detail}")
)

// Why a file could not be had.
var (
	CannotFetch = puente("cannot_fetch", Network,
		"the file cannot be fetched from its address",
		"no se puede obtener el archivo de su dirección")
	NoFileAtAddress = puente("no_file_at_address", Network,
		"the file cannot be fetched from its address ({status})",
		"no se puede obtener el archivo de su dirección ({status})")
	PageAtAddress = puente("page_at_address", Network,
		"the address answers with a web page in place of the file",
		"la dirección responde con una página web en lugar del archivo")
	FileTooLarge = puente("file_too_large", Contact,
		"the file is over 100 MB",
		"el archivo supera los 100 MB")
	EmptyFile = puente("empty_file", Network,
		"the network handed out an empty file",
		"la red ha entregado un archivo vacío")
	PageForFile = puente("page_for_file", Network,
		"the network answered with a web page in place of the file",
		"la red ha respondido con una página web en lugar del archivo")
	ManyFiles = puente("many_files", Network,
		"so many files were being fetched that its turn did not come within ten minutes",
		"se estaban obteniendo tantos archivos que su turno no llegó en diez minutos")
	NoFetcher = puente("no_fetcher", Puente,
		"the network's service cannot fetch files",
		"el servicio de la red no puede obtener archivos")
	FileNotStored = puente("file_not_stored", Puente,
		"a file could not be stored",
		"no se ha podido guardar un archivo")
	FilesFull = puente("files_full", Puente,
		"the store of files is full",
		"el almacén de archivos está lleno")
	OnlyMessages = puente("only_messages", Puente,
		"only messages can be sent to a network",
		"a una red solo se le pueden enviar mensajes")
)
