// Package terms are the words for how messages and channels stand, in English and in Spanish, and how times are written: what
// commands and pages say alike.
//
//	terms.In(terms.Spanish).States["waiting"] // "espera"
//	terms.Took(133 * time.Minute)              // "2 h 13 m"
//
// Sentences are no part of it: whoever shows something has its own, and a reason brings both languages with it.
package terms

import (
	"cmp"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Terms are the words of one language, by the words of the enumerations in proto/puente: see [EnumWord].
type Terms struct {
	Months        [12]string // short
	Unknown       string
	States        map[string]string
	ChannelStates map[string]string
	Ways          map[string]string
	Faults        map[string]string
	Hops          map[string]string
	Kinds         map[string]string
	Results       map[string]string
	// Inbound are the words of states and hops of a message to the platform, where they are others.
	Inbound map[string]string
	// Services are what the services do, by their names; "egress-*" is a format for one that sends to a far end.
	Services map[string]string
	// Causes are why the public side refuses a call, with what to do about it.
	Causes map[string]string
	// Moments are how a time is told in a sentence.
	Moments Moments
}

// Moments are formats: of a time of day, that of one o'clock, that of another day, and the last two with their prepositions.
type Moments struct{ Hour, One, Day, At, On string }

// In are the terms of a language.
func In(l Language) *Terms {
	if l == Spanish {
		return &spanish
	}
	return &english
}

// StateOf is how a message stands, in the words for the way that it goes.
func (t *Terms) StateOf(m *controlv1.Message) string {
	word := EnumWord(m.GetState())
	if m.GetDirection() == controlv1.Direction_DIRECTION_IN && t.Inbound[word] != "" {
		return t.Inbound[word]
	}
	return cmp.Or(t.States[word], t.Unknown)
}

// HopOf is what happened to a message, in the words for the way that it goes.
func (t *Terms) HopOf(d controlv1.Direction, hop string) string {
	if d == controlv1.Direction_DIRECTION_IN && t.Inbound[hop] != "" {
		return t.Inbound[hop]
	}
	return cmp.Or(t.Hops[hop], hop)
}

// Service is what a service does; its name where that is not known.
func (t *Terms) Service(name string) string {
	if text := t.Services[name]; text != "" {
		return text
	}
	if far, ok := strings.CutPrefix(name, "egress-"); ok {
		return fmt.Sprintf(t.Services["egress-*"], far)
	}
	return name
}

// EnumWord is the word of a value: in lower case, without its prefix; "" where it is not known. The zero value of each
// enumeration is PREFIX_UNSPECIFIED. A value of a newer version is its number.
func EnumWord(e protoreflect.Enum) string {
	return WordOf(e.Descriptor(), e.Number())
}

// WordOf is [EnumWord] of a number.
func WordOf(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	if n == 0 {
		return ""
	}
	v := e.Values().ByNumber(n)
	if v == nil {
		return fmt.Sprint(n)
	}
	prefix := strings.TrimSuffix(string(e.Values().ByNumber(0).Name()), "UNSPECIFIED")
	return strings.ToLower(strings.TrimPrefix(string(v.Name()), prefix))
}

var english = Terms{
	Moments: Moments{Hour: "%s", One: "%s", Day: "%s %s", At: "at %s", On: "on %s at %s"},
	Months:  [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	Unknown: "unknown",
	States: map[string]string{
		"accepted": "accepted", "waiting": "waits", "sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed",
		"failed_by_receipt": "failed by receipt", "repeated": "repeated",
	},
	ChannelStates: map[string]string{"suspended": "suspended", "paused": "paused", "waiting": "waits", "ok": "ok"},
	Ways:          map[string]string{"in": "in", "out": "out"},
	Faults:        map[string]string{"contact": "contact", "agent": "agent", "setup": "set-up", "network": "network", "puente": "Puente"},
	Hops: map[string]string{
		"accepted": "accepted", "routed": "on its way", "repeated": "repeated", "waiting": "waited", "sent": "sent", "delivered": "delivered",
		"read": "read", "failed": "failed", "failed_by_receipt": "failed by receipt", "dead": "dead letter", "replayed": "replayed",
		"held": "held", "resumed": "resumed",
	},
	Kinds: map[string]string{"refused": "refused", "receipt": "receipt", "unreadable": "unreadable call", "status": "status"},
	Results: map[string]string{
		"would_go": "would be sent", "on_its_way": "on its way again", "not_needed": "not needed", "stays": "stays", "sent": "sent",
		"failed_again": "failed again", "waits": "still waits", "left_out": "left out",
	},
	Inbound:  map[string]string{"sent": "at BonyChat"},
	Services: map[string]string{"ingress": "front door", "translator": "translator", "control": "control", "egress-bonychat": "to BonyChat", "egress-*": "to %s"},
	Causes: map[string]string{
		"unsigned":       "without the signature or the secret that this network puts into its calls (another header, even Authorization, does not count): the network is not set up to send it, or somebody else calls",
		"forged":         "a wrong credential: compare the secret of the webhook at the network and here, and public_url",
		"stale":          "right, but too old: look at the clock of this machine",
		"replayed":       "a call that was taken already",
		"method":         "a method that the network does not use: nobody but a stranger does that",
		"too_large":      "too large",
		"encoded":        "its body is compressed, which is not taken",
		"undeclared":     "the network's service has not started yet: the network calls again",
		"no_channel":     "an id that no channel has: the address at the network is another one, or a channel was removed",
		"too_slow":       "its body did not arrive in time",
		"broken":         "its body broke off",
		"busy":           "too many at once: the caller tries again",
		"unauthorized":   "no channel has the API token: compare it in BonyChat and here",
		"other_channel":  "the API token is that of another channel",
		"too_many_wrong": "too many wrong credentials of one caller",
		"invalid":        "not as the contract says: the bridge answered what is wrong",
		"backlog":        "too many messages of the channel wait",
		"full":           "the store is full",
	},
}

var spanish = Terms{
	Moments: Moments{Hour: "las %s", One: "la %s", Day: "el %s a %s", At: "a %s", On: "el %s a %s"},
	Months:  [12]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
	Unknown: "desconocido",
	States: map[string]string{
		"accepted": "aceptado", "waiting": "espera", "sent": "enviado", "delivered": "entregado", "read": "leído", "failed": "fallido",
		"failed_by_receipt": "fallido según la red", "repeated": "repetido",
	},
	ChannelStates: map[string]string{"suspended": "suspendido", "paused": "en pausa", "waiting": "espera", "ok": "bien"},
	Ways:          map[string]string{"in": "entra", "out": "sale"},
	Faults:        map[string]string{"contact": "contacto", "agent": "agente", "setup": "configuración", "network": "red", "puente": "Puente"},
	Hops: map[string]string{
		"accepted": "aceptado", "routed": "en camino", "repeated": "repetido", "waiting": "esperó", "sent": "enviado", "delivered": "entregado",
		"read": "leído", "failed": "fallido", "failed_by_receipt": "fallido según la red", "dead": "no entregado, guardado", "replayed": "reenviado",
		"held": "parado", "resumed": "reanudado",
	},
	Kinds: map[string]string{"refused": "rechazado", "receipt": "según la red", "unreadable": "llamada ilegible", "status": "estado"},
	Results: map[string]string{
		"would_go": "se enviaría", "on_its_way": "en camino otra vez", "not_needed": "no hacía falta", "stays": "se queda", "sent": "enviado",
		"failed_again": "ha vuelto a fallar", "waits": "aún espera", "left_out": "no se incluye",
	},
	Inbound:  map[string]string{"sent": "en BonyChat"},
	Services: map[string]string{"ingress": "entrada", "translator": "traductor", "control": "control", "egress-bonychat": "envío a BonyChat", "egress-*": "envío a %s"},
	Causes: map[string]string{
		"unsigned":       "sin la firma o el secreto que esta red pone en sus llamadas (otra cabecera, aunque sea Authorization, no cuenta): la red no está configurada para enviarlo, o llama otro",
		"forged":         "credencial incorrecta: compare el secreto del webhook en la red y aquí, y public_url",
		"stale":          "correcta, pero demasiado antigua: mire el reloj de esta máquina",
		"replayed":       "una llamada que ya se había aceptado",
		"method":         "un método que la red no usa: solo lo hace un extraño",
		"too_large":      "demasiado grande",
		"encoded":        "su cuerpo está comprimido, y no se acepta",
		"undeclared":     "el servicio de la red aún no ha arrancado: la red volverá a llamar",
		"no_channel":     "un id que no es de ningún canal: la dirección en la red es otra, o se retiró un canal",
		"too_slow":       "su cuerpo no llegó a tiempo",
		"broken":         "su cuerpo llegó incompleto",
		"busy":           "demasiadas a la vez: quien llama lo reintenta",
		"unauthorized":   "ningún canal tiene ese token de la API: compárelo en BonyChat y aquí",
		"other_channel":  "el token de la API es de otro canal",
		"too_many_wrong": "demasiadas credenciales incorrectas de un mismo origen",
		"invalid":        "no cumple el contrato: el puente respondió qué está mal",
		"backlog":        "esperan demasiados mensajes del canal",
		"full":           "el almacén está lleno",
	},
}
