package customchannel

import (
	"regexp"
	"testing"
)

func TestAProblemInSpanish(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]Problem{
		"falta; de 1 a 7000 caracteres":   {Rule: RuleRequired, Limit: "1 to 7000 characters"},
		"falta":                           {Rule: RuleRequired},
		"falta; uno de: text, attachment": {Rule: RuleRequired, Limit: "one of text, attachment"},
		"7001 caracteres (unidades UTF-16); como máximo 7000":         {Rule: RuleLength, Limit: "7000", Got: "7001"},
		"demasiados caracteres; como máximo 7000":                     {Rule: RuleLength, Limit: "7000"},
		"tiene que ser un texto, no un número":                        {Rule: RuleType, Limit: "a string", Got: "a number"},
		"hay 11; tiene que haber de 1 a 10":                           {Rule: RuleCount, Limit: "1 to 10", Got: "11"},
		"tiene que estar entre -90 y 90":                              {Rule: RuleRange, Limit: between(MaxLatitude)},
		"tiene que ser una URL http o https absoluta":                 {Rule: RuleFormat, Limit: limitURL},
		"no es un solo valor JSON válido; véase el byte 7":            {Rule: RuleSyntax, Got: "7"},
		"es igual que events[0].mId; cada uno tiene que ser distinto": {Rule: RuleUnique, Got: "events[0].mId"},
		"no es Unicode válido: contiene medio par sustituto":          {Rule: RuleUnicode, Got: "half a surrogate pair"},
		"tiene que ser uno de: image, video, audio, file":             {Rule: RuleEnum, Limit: limitAttachments},
		"es solo para imágenes adjuntas":                              {Rule: RuleForeign, Limit: limitImages},
		"tiene más errores que los 100 que se dicen":                  {Rule: RuleMore, Limit: "100"},
		"está anidado a más de 32 niveles":                            {Rule: RuleDepth, Limit: "32"},
		"no es válido":                                                {Rule: "of a later version"},
	} {
		if got := p.Spanish(); got != want {
			t.Errorf("%v: %q, want %q", p, got, want)
		}
	}
}

// onlyWords are limits that are words of the JSON itself.
var onlyWords = regexp.MustCompile(`^[a-z_]*(, [a-z_]+)*$`)

// Every limit and every rule of this package is said in Spanish.
func TestEveryLimitAndRuleIsSaidInSpanish(t *testing.T) {
	t.Parallel()
	for _, limit := range limits {
		if inSpanish(limit) == limit && !onlyWords.MatchString(limit) {
			t.Errorf("%q is not said in Spanish", limit)
		}
	}
	for _, rule := range rules {
		if p := (Problem{Rule: rule, Limit: "1", Got: "2"}); p.Spanish() == (Problem{}).Spanish() || p.Phrase() == (Problem{}).Phrase() {
			t.Errorf("%q is not said", rule)
		}
	}
}
