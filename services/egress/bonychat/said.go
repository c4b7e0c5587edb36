package bonychat

import "github.com/bonychat/puente/pkg/reason"

// said is all that the platform's code may say of a message, a file or a set-up.
var said reason.Table

// Every reason, with whose fault it is.
var (
	noPlace = said.New("no_place", reason.Puente,
		"the event has no place in the contract",
		"el contrato de la plataforma no prevé este evento")
	doesNotFit = said.New("does_not_fit", reason.Puente,
		"the event does not fit the contract",
		"el evento no cumple el contrato de la plataforma")
	noAnswer = said.New("no_answer", reason.Network,
		"the platform did not answer",
		"la plataforma no ha respondido")
	unreachable = said.New("unreachable", reason.Network,
		"the platform cannot be reached",
		"no se puede conectar con la plataforma")
	messageUnknown = said.New("message_unknown", reason.Network,
		"the platform does not know the message",
		"la plataforma no conoce el mensaje")
	refusesChannel = said.New("channel_refused", reason.Setup,
		"the platform refuses the channel ({status}): check webhook_url and api_token",
		"la plataforma rechaza el canal ({status}): revise webhook_url y api_token")
	refusesEvent = said.New("event_refused", reason.Network,
		"the platform refuses the event ({status})",
		"la plataforma rechaza el evento ({status})")
	redirects = said.New("redirects", reason.Setup,
		"the platform redirects ({status}): check webhook_url",
		"la plataforma redirige a otra dirección ({status}): revise webhook_url")
	outOfOrder = said.New("out_of_order", reason.Network,
		"the platform is out of order ({status})",
		"la plataforma no funciona en este momento ({status})")
)
