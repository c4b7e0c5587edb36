package render

import (
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/terms"
)

// Language is one that the commands speak.
type Language = terms.Language

// The languages.
const (
	English = terms.English
	Spanish = terms.Spanish
)

// ParseLanguage is the language of a flag.
func ParseLanguage(name string) (Language, error) {
	switch l := Language(name); l {
	case English, Spanish:
		return l, nil
	default:
		return "", fmt.Errorf("--lang: there is no %q: es or en", name)
	}
}

// LanguageOf is that of an environment: the first of LC_ALL, LC_MESSAGES and LANG that is set decides. Every language but
// Spanish is English.
func LanguageOf(env func(string) string) Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := env(name); locale != "" {
			if tag, _, _ := strings.Cut(strings.ToLower(locale), "_"); tag == "es" || strings.HasPrefix(tag, "es.") || strings.HasPrefix(tag, "es-") {
				return Spanish
			}
			return English
		}
	}
	return English
}

// In are the words of a language.
func In(l Language) *Words {
	if l == Spanish {
		return &spanish
	}
	return &english
}
