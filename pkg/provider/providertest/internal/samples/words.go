package samples

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/bonychat/puente/pkg/provider"
)

// words are a text of exactly n units: numbered, so that none can get lost unseen, with characters of several sizes as
// the unit has them.
func words(n int, unit provider.Unit) string {
	odd := []string{"ñandú", "👋", "α"}
	if unit == provider.GSM7 {
		odd = []string{"ñ", "€", "à"}
	}
	var b strings.Builder
	used := 0
	for i := 0; ; i++ {
		word := odd[i%len(odd)] + strconv.Itoa(i) + " "
		size := measure(word, unit)
		if used+size > n {
			break
		}
		b.WriteString(word)
		used += size
	}
	b.WriteString(strings.Repeat("x", n-used))
	return b.String()
}

// foreign are such words outside the alphabet of GSM-7, where a limit of septets holds fewer.
func foreign(n int) string {
	limit := n * 70 / 160
	if n > 160 {
		limit = n * 67 / 153
	}
	return words(limit, provider.UTF16)
}

func measure(text string, unit provider.Unit) int {
	switch unit {
	case provider.Bytes:
		return len(text)
	case provider.GSM7:
		return len([]rune(text)) + strings.Count(text, "€")
	default:
		return len(utf16.Encode([]rune(text)))
	}
}

// Lost is the first word of a text that nothing that was sent holds, "" for none. A word may be escaped, as in a query.
func Lost(text string, sent []string) string {
	all := strings.Join(sent, "\n")
	for _, one := range sent {
		for line := range strings.Lines(one) {
			if plain, err := url.QueryUnescape(line); err == nil {
				all += "\n" + plain
			}
		}
	}
	for _, word := range strings.Fields(text) {
		if !strings.Contains(all, word) {
			return word
		}
	}
	return ""
}
