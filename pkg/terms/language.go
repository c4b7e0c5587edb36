package terms

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Language is one that Puente speaks, as a tag of BCP 47.
type Language string

// The languages.
const (
	English Language = "en"
	Spanish Language = "es"
)

// Negotiate reads an Accept-Language header: the language that weighs most, the first of equals, other where neither is named.
func Negotiate(header string, other Language) Language {
	best, weight := other, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameters), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if l := Language(primary); (l == English || l == Spanish) && q > weight {
			best, weight = l, q
		}
	}
	return best
}

// Of is the first of these texts that there is, that of the language before the other one's.
func (l Language) Of(english, spanish string) string {
	if l == Spanish && spanish != "" || english == "" {
		return spanish
	}
	return english
}

// Reason is a reason's sentence in the language, else in the other one, else its code; "" for none. A duration in it is written as
// [Took] does: "1 m", not "1m0s".
func (l Language) Reason(r *reasonv1.Reason) string {
	text := l.Of(r.GetEn(), r.GetEs())
	for _, value := range r.GetParams() {
		if d, err := time.ParseDuration(value); err == nil && d >= time.Minute {
			text = strings.ReplaceAll(text, value, l.Took(d))
		}
	}
	return cmp.Or(text, r.GetCode())
}
