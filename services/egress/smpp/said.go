package smpp

import "github.com/bonychat/puente/pkg/reason"

// said is all that this network's code may say of a message or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	textsOnly = said.New("texts_only", reason.Puente,
		"an SMS carries text only",
		"un SMS solo lleva texto")
	empty = said.New("empty", reason.Agent,
		"the message is empty",
		"el mensaje está vacío")
	noNumber = said.New("no_number", reason.Contact,
		"the contact has no phone number",
		"el contacto no tiene número de teléfono")
	notBound = said.New("not_bound", reason.Network,
		"there is no connection to the SMSC yet",
		"todavía no hay conexión con el SMSC")
	lostSession = said.New("lost", reason.Network,
		"the connection to the SMSC broke",
		"se cortó la conexión con el SMSC")
	noAnswer = said.New("no_answer", reason.Network,
		"the SMSC did not answer",
		"el SMSC no ha respondido")
	strangeAnswer = said.New("strange_answer", reason.Network,
		"the SMSC's answer cannot be read",
		"no se entiende la respuesta del SMSC")
	bindRefused = said.New("bind_refused", reason.Setup,
		"the SMSC refuses the login or its password ({code})",
		"el SMSC rechaza el usuario o su contraseña ({code})")
	bindLater = said.New("bind_later", reason.Network,
		"the SMSC takes no connection at the moment ({code})",
		"el SMSC no acepta conexiones en este momento ({code})")
	throttled = said.New("throttled", reason.Network,
		"the SMSC takes no more messages at the moment ({code})",
		"el SMSC no acepta más mensajes en este momento ({code})")
	outOfOrder = said.New("out_of_order", reason.Network,
		"the SMSC is out of order ({code})",
		"el SMSC no funciona en este momento ({code})")
	badDestination = said.New("bad_destination", reason.Contact,
		"the SMSC does not take the contact's number ({code})",
		"el SMSC no acepta el número del contacto ({code})")
	badSource = said.New("bad_source", reason.Setup,
		"the SMSC does not take the channel's sender: settings source and source_type ({code})",
		"el SMSC no acepta el remitente del canal: ajustes source y source_type ({code})")
	refused = said.New("refused", reason.Network,
		"the SMSC refused the message ({code})",
		"el SMSC rechazó el mensaje ({code})")
	unknownStatus = said.New("unknown_status", reason.Network,
		"the SMSC did not take the message ({code})",
		"el SMSC no aceptó el mensaje ({code})")
	expired = said.New("expired", reason.Contact,
		"the phone could not be reached in time",
		"no se pudo llegar al teléfono a tiempo")
	deleted = said.New("deleted", reason.Network,
		"the message was deleted at the SMSC",
		"el mensaje se borró en el SMSC")
	undeliverable = said.New("undeliverable", reason.Contact,
		"the message cannot be delivered to the phone",
		"el mensaje no se puede entregar al teléfono")
	undeliverableCode = said.New("undeliverable_code", reason.Contact,
		"the message cannot be delivered to the phone (code {code})",
		"el mensaje no se puede entregar al teléfono (código {code})")
	rejected = said.New("rejected", reason.Network,
		"the mobile network rejected the message",
		"la red móvil rechazó el mensaje")
)
