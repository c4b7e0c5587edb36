// Package terms are the words for how messages and channels stand, in English and in Spanish, and how times are written: what
// commands and pages say alike.
//
//	terms.In(terms.Spanish).States["waiting"] // "espera"
//	terms.Took(133 * time.Minute)              // "2 h 13 m"
//
// Sentences are no part of it: whoever shows something has its own, and a reason brings both languages with it.
package terms

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
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
}

// In are the terms of a language.
func In(l Language) *Terms {
	if l == Spanish {
		return &spanish
	}
	return &english
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
}

var spanish = Terms{
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
		"held": "retenido", "resumed": "reanudado",
	},
	Kinds: map[string]string{"refused": "rechazado", "receipt": "según la red", "unreadable": "llamada ilegible", "status": "estado"},
	Results: map[string]string{
		"would_go": "se enviaría", "on_its_way": "en camino otra vez", "not_needed": "no hacía falta", "stays": "se queda", "sent": "enviado",
		"failed_again": "ha vuelto a fallar", "waits": "aún espera", "left_out": "no se incluye",
	},
}
