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

// said is the parameter of a reason that holds a network's own words, in whichever language.
const said = "words"

// Reason is a reason's sentence in the language, else in the other one, else its code; "" for none. A network's own words stand in
// quotation marks. A duration in it is written as
// [Took] does: "1 m", not "1m0s", and "6 s", not "6s".
func (l Language) Reason(r *reasonv1.Reason) string {
	text := l.Of(r.GetEn(), r.GetEs())
	for name, value := range r.GetParams() {
		if name == said && value != "" {
			text = strings.Replace(text, value, l.Of("“"+value+"”", "«"+value+"»"), 1)
			continue
		}
		if d, err := time.ParseDuration(value); err == nil && d > 0 {
			text = replaceWord(text, value, l.Took(d))
		}
	}
	return cmp.Or(text, r.GetCode())
}

// replaceWord replaces a word where it stands by itself, and not within another: "1s", and not the end of "21s".
func replaceWord(text, word, by string) string {
	inWord := func(b byte) bool {
		return b == '.' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
	}
	var out strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			return out.String() + text
		}
		end := at + len(word)
		before := at > 0 && inWord(text[at-1])
		after := end < len(text) && text[end] != '.' && inWord(text[end])
		out.WriteString(text[:at])
		if before || after {
			out.WriteString(word)
		} else {
			out.WriteString(by)
		}
		text = text[end:]
	}
}
