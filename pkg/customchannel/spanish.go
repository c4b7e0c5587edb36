package customchannel

import (
	"fmt"
	"regexp"
)

// Spanish is [Problem.Phrase] in Spanish: "falta; de 1 a 7000 caracteres". What Limit and Got say is of this package, so that it has
// all of it in both languages; anything else stays as it is.
func (p Problem) Spanish() string {
	limit, got := inSpanish(p.Limit), inSpanish(p.Got)
	switch p.Rule {
	case RuleRequired:
		if limit == "" {
			return "falta"
		}
		return "falta; " + limit
	case RuleEmpty:
		return "está vacío: hay que omitirlo"
	case RuleType:
		return either(got, "tiene que ser %[1]s, no %[2]s", "tiene que ser %[1]s", limit)
	case RuleLength:
		return either(got, "%[2]s caracteres (unidades UTF-16); como máximo %[1]s", "demasiados caracteres; como máximo %[1]s", limit)
	case RuleCount:
		return either(got, "hay %[2]s; tiene que haber %[1]s", "tiene que haber %[1]s", limit)
	case RuleRange:
		return "tiene que estar entre " + limit
	case RuleEnum:
		return "tiene que ser uno de: " + limit
	case RuleFormat:
		return "tiene que ser " + limit
	case RuleUnique:
		return either(got, "es igual que %[2]s; cada uno tiene que ser distinto", "está repetido; cada uno tiene que ser distinto", limit)
	case RuleForeign:
		return "es solo para " + limit
	case RuleDuplicate:
		return "está más de una vez"
	case RuleUnicode:
		return either(got, "no es Unicode válido: contiene %[2]s", "no es Unicode válido", limit)
	case RuleSyntax:
		return either(got, "no es un solo valor JSON válido; véase el byte %[2]s", "no es un solo valor JSON válido", limit)
	case RuleDepth:
		return "está anidado a más de " + limit + " niveles"
	case RuleMore:
		return "tiene más errores que los " + limit + " que se dicen"
	default:
		return "no es válido"
	}
}

// either is a sentence about what was there and the limit, or one about the limit alone.
func either(got, both, alone, limit string) string {
	if got == "" {
		return fmt.Sprintf(alone, limit)
	}
	return fmt.Sprintf(both, limit, got)
}

// Limits and what was there instead that have a number in them.
var counted = []struct {
	english *regexp.Regexp
	spanish string
}{
	{regexp.MustCompile(`^1 to ([0-9]+) characters$`), "de 1 a $1 caracteres"},
	{regexp.MustCompile(`^1 to ([0-9]+)$`), "de 1 a $1"},
	{regexp.MustCompile(`^(-[0-9.]+) and ([0-9.]+)$`), "$1 y $2"},
	{regexp.MustCompile(`^one of (.+)$`), "uno de: $1"},
	{regexp.MustCompile(`^([a-z_]+) messages$`), "mensajes $1"},
}

// spanish are the other ones. Words that stand in the JSON itself stay as they are.
var spanish = map[string]string{
	limitPhoneID:    "E.164: + y de 2 a 15 cifras, la primera no 0, sin espacios",
	limitCustomID:   "solo de A-Z a-z 0-9 _ = + / @",
	limitMillis:     "hora UNIX en milisegundos (de 12 a 14 cifras)",
	limitWhole:      "un número entero de milisegundos",
	limitURL:        "una URL http o https absoluta",
	limitMediaType:  "un tipo de medio como image/png, de 255 caracteres como máximo",
	limitExtension:  "un nombre de fichero con extensión",
	limitCountry:    "ISO 3166-1 alfa-2, dos letras mayúsculas",
	limitLanguage:   "ISO 639-1, dos letras minúsculas",
	limitLocale:     "un idioma con país, como en_US",
	limitEmail:      "una dirección de correo",
	limitPhone:      "un número de teléfono",
	limitEventList:  "1 o más",
	limitHTTPStatus: "200, 4xx o 5xx",
	limitImages:     "imágenes adjuntas",
	limitEither:     "eventos message y message_echo",
	limitReceipts:   "eventos message_status",

	"an object": "un objeto", "an array": "una lista", "a string": "un texto", "a number": "un número", "true or false": "verdadero o falso",
	"null": "null", "a JSON object": "un objeto JSON", "an object with message": "un objeto con message",
	"bytes that are not UTF-8": "bytes que no son UTF-8", "half a surrogate pair": "medio par sustituto",
}

func inSpanish(text string) string {
	if s, ok := spanish[text]; ok {
		return s
	}
	for _, c := range counted {
		if c.english.MatchString(text) {
			return c.english.ReplaceAllString(text, c.spanish)
		}
	}
	return text
}
