package reason

import (
	"os"
	"strings"
)

// Locale is a language in which reasons are told.
type Locale string

// The languages.
const (
	English Locale = "en"
	Spanish Locale = "es"
)

// Locales are all languages.
var Locales = []Locale{Spanish, English}

// Valid says whether it is one of [Locales].
func (l Locale) Valid() bool { return l == English || l == Spanish }

// OfTerminal is the language of the terminal by POSIX's variables: LC_ALL, else LC_MESSAGES, else LANG. It is Spanish if that begins with
// "es", and otherwise English.
func OfTerminal() Locale {
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(variable); value != "" {
			return OfTag(value)
		}
	}
	return English
}

// OfTag is the language of a tag such as "es-ES", "es_MX.UTF-8" or "fr": Spanish, else English.
func OfTag(tag string) Locale {
	language := tag
	if end := strings.IndexAny(tag, "-_.@"); end >= 0 {
		language = tag[:end]
	}
	if strings.EqualFold(language, string(Spanish)) {
		return Spanish
	}
	return English
}
