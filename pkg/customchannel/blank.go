package customchannel

import (
	"strings"
	"unicode"
)

// Blank reports whether nobody sees anything of s: it is empty, or holds only white
// space, control and format characters (a zero width space, a direction mark) and
// the letters that are drawn as nothing.
func Blank(s string) bool {
	return strings.TrimFunc(s, invisible) == ""
}

func invisible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800': // Hangul fillers, the empty Braille pattern
		return true
	}
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}
