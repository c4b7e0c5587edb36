package phone

import "github.com/bonychat/puente/pkg/reason"

// said is all that the phone network's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	notCarried = said.New("not_carried", reason.Puente,
		"the phone network does not carry this kind of message",
		"la red de pruebas no admite este tipo de mensaje")
	cannotReach = said.New("unreachable", reason.Contact,
		"this contact cannot be reached on the phone network",
		"este contacto no está disponible en la red de pruebas")
	notRead = said.New("not_read", reason.Puente,
		"the phone network cannot read the message",
		"la red de pruebas no entiende el mensaje")
	messageTooLarge = said.New("too_large", reason.Agent,
		"the message is too large for the phone network",
		"el mensaje es demasiado grande para la red de pruebas")
	keyReused = said.New("key_reused", reason.Puente,
		"the phone network holds another message under this id",
		"la red de pruebas tiene otro mensaje con este identificador")
	told = said.New("told", reason.Contact,
		"{words}",
		"la red de pruebas dice: {words}")
	toldFailed = said.New("failed", reason.Contact,
		"the phone network could not deliver the message",
		"la red de pruebas no ha podido entregar el mensaje")
)
