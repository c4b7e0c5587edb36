package sandbox

import (
	"strconv"
	"strings"
)

// Language is one of the page's.
type language string

const (
	english language = "en"
	spanish language = "es"
)

// negotiate reads an Accept-Language header: the page's language that weighs most, the first of equals, English where
// none is named.
func negotiate(header string) language {
	best, weight := english, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameters), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if l := language(primary); (l == english || l == spanish) && q > weight {
			best, weight = l, q
		}
	}
	return best
}
