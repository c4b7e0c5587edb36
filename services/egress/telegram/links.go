package telegram

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// entity is a part of a text that means more than its letters: https://core.telegram.org/bots/api#messageentity
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"` // in UTF-16 code units
	Length int    `json:"length"` // in UTF-16 code units
	URL    string `json:"url"`
}

// withLinks writes the address behind a word beside it, "here (https://…)": it is part of what was said, and a plain text
// has no other place for it. Where only a part of a word is a link, the address follows the whole word. An entity that
// lies outside the text is left out.
func withLinks(text string, entities []entity) string {
	var links []entity
	for _, e := range entities {
		if e.Type == "text_link" && e.URL != "" {
			links = append(links, e)
		}
	}
	if len(links) == 0 {
		return text
	}
	slices.SortStableFunc(links, func(a, b entity) int { return a.Offset - b.Offset })
	units, done := utf16.Encode([]rune(text)), 0
	var out strings.Builder
	for _, e := range links {
		start, end := e.Offset, e.Offset+e.Length
		if start < done || e.Length <= 0 || end < start || end > len(units) {
			continue
		}
		word := string(utf16.Decode(units[start:end]))
		for end < len(units) && inWord(units[end]) {
			end++
		}
		out.WriteString(string(utf16.Decode(units[done:end])))
		if !sameAddress(word, e.URL) {
			out.WriteString(" (" + e.URL + ")")
		}
		done = end
	}
	out.WriteString(string(utf16.Decode(units[done:])))
	return out.String()
}

// inWord says whether a UTF-16 code unit goes on with a word. Letters outside the basic plane take two units, and end one.
func inWord(unit uint16) bool { return unicode.IsLetter(rune(unit)) || unicode.IsDigit(rune(unit)) }

// sameAddress says whether a word is the address that stands behind it: "tienda.example" is "https://tienda.example/".
func sameAddress(word, address string) bool {
	bare := func(s string) string {
		s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "https://"), "http://")
		return strings.TrimSuffix(s, "/")
	}
	return bare(word) == bare(address)
}
