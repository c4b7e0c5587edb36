package webhook

import "github.com/bonychat/puente/pkg/reason"

// said is all that the webhook network's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	notCarried = said.New("not_carried", reason.Puente,
		"an app's webhook does not carry this kind of message",
		"el webhook de la aplicación no admite este tipo de mensaje")
	refusedMessage = said.New("refused", reason.Agent,
		"the app does not take this message (status {status})",
		"la aplicación no acepta este mensaje (estado {status})")
	signatureRefused = said.New("signature_refused", reason.Setup,
		"the app refuses the signature: is the secret the same on both sides?",
		"la aplicación rechaza la firma: ¿es el mismo el secreto en ambos lados?")
	appGone = said.New("gone", reason.Setup,
		"the app answers 410: it takes no more messages at this address",
		"la aplicación responde 410: ya no acepta mensajes en esta dirección")
	notNow = said.New("not_now", reason.Network,
		"the app cannot take the message now (status {status})",
		"la aplicación no puede recibir el mensaje ahora (estado {status})")
	aPage = said.New("page", reason.Network,
		"the address answers with a web page, and not as an app's webhook does",
		"la dirección responde con una página web, no como el webhook de una aplicación")
	fileGone = said.New("file_gone", reason.Network,
		"the app no longer has the file",
		"la aplicación ya no tiene el archivo")
	notHandedOut = said.New("not_handed_out", reason.Network,
		"the app did not hand the file out",
		"la aplicación no ha entregado el archivo")
	told = said.New("told", reason.Contact,
		"{words}",
		"la aplicación dice: {words}")
	toldFailed = said.New("failed", reason.Contact,
		"the app could not deliver the message",
		"la aplicación no ha podido entregar el mensaje")
)
