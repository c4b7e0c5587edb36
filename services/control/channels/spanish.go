package channels

import "regexp"

// saying is a form of sentence that the checks of a file and of networks have in common, and its Spanish.
type saying struct {
	english *regexp.Regexp
	spanish string
}

// sayings are those that are known. What a network says in words of its own stays in English.
var sayings = func(all ...string) (list []saying) {
	for i := 0; i < len(all); i += 2 {
		list = append(list, saying{regexp.MustCompile("^" + all[i] + "$"), all[i+1]})
	}
	return list
}(
	"is required", "es obligatorio",
	"is required with this provider", "es obligatorio con este proveedor",
	"is required with provider custom", "es obligatorio con el proveedor custom",
	`is for mode (\w+); mode (\w+) has none`, "es del modo $1; el modo $2 no lo tiene",
	"must hold no space or line break", "no puede tener espacios ni saltos de línea",
	"must hold no line break", "no puede tener saltos de línea",
	"must hold no colon", "no puede tener dos puntos",
	"must hold no empty one", "ninguno puede estar vacío",
	"must be phone or custom, as the channel was set up at the platform", "tiene que ser phone o custom, como se creó el canal en la plataforma",
	"must be a string(: put it in quotes)?", "tiene que ser un texto",
	"must be a string or a list of strings", "tiene que ser un texto o una lista de textos",
	"must be an object", "tiene que ser un objeto",
	"must be UTF-8", "tiene que ser UTF-8",
	`must be (\d+) to (\d+) of ([^,]*)`, "tiene que ser de $1 a $2 de $3",
	`must be (\d+) to (\d+)`, "tiene que ser de $1 a $2",
	`must be at most (\d+) characters`, "no puede tener más de $1 caracteres",
	`must be ([\w, -]+) or ([\w-]+)`, "tiene que ser $1 o $2",
	"must be (int|float64|number)", "tiene que ser un número",
	"must be given again: the address that it is sent to changes", "hay que escribirlo otra vez: cambia la dirección a la que se envía",
	`must be custom or one of (.*)`, "tiene que ser custom o uno de $1",
	"must be an absolute http or https URL, such as (.*)", "tiene que ser una URL http o https completa, como $1",
	"must be an absolute http or https URL without credentials or fragment", "tiene que ser una URL http o https completa, sin credenciales ni fragmento",
	"must be http or https, a host and perhaps a port, such as (.*)", "tiene que ser http o https, un host y quizá un puerto, como $1",
	"must be a host and perhaps a port, such as (.*)", "tiene que ser un host y quizá un puerto, como $1",
	`must begin with (\S+)`, "tiene que empezar por $1",
	`must be (\d+) to (\d+) bytes in base64 after (\S+)`, "tienen que ser de $1 a $2 bytes en base64 tras $3",
	`must be (\S+) and (\d+) bytes in base64`, "tiene que ser $1 y $2 bytes en base64",
	`must be another one than (\S+)`, "tiene que ser otro que $1",
	"must be a code such as (.*) or (.*)", "tiene que ser un código como $1 o $2",
	"must be digits only: it is the number's id, not the number", "solo puede tener cifras: es el id del número, no el número",
)

// spanish is what the checks of a file and of networks say in English, where it is one of the sentences that they have in common; ""
// else.
func spanish(english string) string {
	for _, s := range sayings {
		if s.english.MatchString(english) {
			return s.english.ReplaceAllString(english, s.spanish)
		}
	}
	return ""
}
