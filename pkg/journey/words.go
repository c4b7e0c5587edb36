package journey

import "github.com/bonychat/puente/pkg/terms"

// Words are those of the template.
type Words struct{ Whole, Earlier, Scale, Spent, Behind, Took string }

// words are all of one language. A text with % is a format.
type words struct {
	Words
	Behind     string
	Place      string // which, of how many
	NextTry    string // when, in how long
	AfterThose string
	SoonTried  string
	Ends       string // when, in how long
	NotLive    string

	CanBeSentAgain, CanBeSentTwice, MayBeTold, NothingMore string

	FirstTime  string
	Again      string // which time
	Part       string // which, of how many
	UnderWay   string
	Now        string
	Tried      string
	Expires    string
	In         string // how long
	NotTaken   string
	Tries      string // how many
	Receipt    string // when
	TriedAgain string // when
	Says       string // the destination
	All        string
}

func in(l terms.Language) *words {
	if l == terms.Spanish {
		return &spanish
	}
	return &english
}

var english = words{
	Words: Words{
		Whole: "whole message", Earlier: "earlier", Scale: "the whole time, in proportion", Spent: "Waited", Behind: "behind", Took: "in all",
	},
	Behind:         "behind another message of the same contact",
	Place:          "(place %d of %d)",
	NextTry:        "It is tried %s, in %s.",
	AfterThose:     "It goes as soon as those before it have gone.",
	SoonTried:      "It is tried as soon as it is its turn.",
	Ends:           "It expires %s, in %s, if it cannot be sent by then.",
	NotLive:        "The process that sends for the channel could not be asked: this is what the history knows.",
	CanBeSentAgain: "It is kept among the failures, and can be sent again.",
	CanBeSentTwice: "It can be sent again; the network took it once, so the contact may get it twice.",
	MayBeTold:      "Nothing is left to do; the network may still say that it was delivered or read.",
	NothingMore:    "Nothing more is to come.",
	FirstTime:      "the first time",
	Again:          "brought back, time %d",
	Part:           "part %d of %d",
	UnderWay:       "under way",
	Now:            "now",
	Tried:          "tried",
	Expires:        "expires",
	In:             "in %s",
	NotTaken:       "not taken",
	Tries:          "try %d",
	Receipt:        "a receipt (%s) says so too",
	TriedAgain:     "tried again %s",
	Says:           "%s says so",
	All:            "all",
}

var spanish = words{
	Words: Words{
		Whole: "mensaje entero", Earlier: "antes", Scale: "todo el tiempo, en proporción", Spent: "Esperó", Behind: "detrás de", Took: "en total",
	},
	Behind:         "detrás de otro mensaje del mismo contacto",
	Place:          "(puesto %d de %d)",
	NextTry:        "Se intenta %s, dentro de %s.",
	AfterThose:     "Sale en cuanto hayan salido los anteriores.",
	SoonTried:      "Se intenta en cuanto le toque.",
	Ends:           "Caduca %s, dentro de %s, si no se puede enviar antes.",
	NotLive:        "No se ha podido preguntar al proceso que envía por el canal: es lo que sabe el historial.",
	CanBeSentAgain: "Está guardado entre los fallidos y se puede reenviar.",
	CanBeSentTwice: "Se puede reenviar; la red ya lo aceptó una vez, así que el contacto puede recibirlo dos veces.",
	MayBeTold:      "No queda nada por hacer; la red aún puede decir que se ha entregado o leído.",
	NothingMore:    "No queda nada por venir.",
	FirstTime:      "la primera vez",
	Again:          "reenviado, vez %d",
	Part:           "parte %d de %d",
	UnderWay:       "en marcha",
	Now:            "ahora",
	Tried:          "se intenta",
	Expires:        "caduca",
	In:             "dentro de %s",
	NotTaken:       "no aceptado",
	Tries:          "intento %d",
	Receipt:        "también lo dice una confirmación (%s)",
	TriedAgain:     "se intenta otra vez %s",
	Says:           "lo dice %s",
	All:            "todo",
}
