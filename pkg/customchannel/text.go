package customchannel

import (
	"strings"
	"unicode"
)

// UTF16Len returns how many UTF-16 code units s takes, which is how the contract
// counts characters. A byte that is not valid UTF-8 counts as one.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

// CutUTF16 returns the longest start of s that takes at most max UTF-16 code
// units and ends with a whole character. A letter keeps its accents, an emoji its
// modifiers and what it is joined to, a flag its other half; only where the very
// first character alone is longer than max is it cut between runes.
func CutUTF16(s string, max int) string {
	var (
		n       int  // units of s[:i]
		whole   int  // end of the last character that fits
		prev    rune // the rune before i
		flags   int  // regional indicators in a row before i
		started bool
	)
	for i, r := range s {
		if started && !joins(prev, r, flags) {
			whole = i
		}
		if n += units(r); n > max {
			if whole == 0 {
				return s[:i]
			}
			return s[:whole]
		}
		if regional(r) {
			flags++
		} else {
			flags = 0
		}
		prev, started = r, true
	}
	return s
}

// units returns the UTF-16 code units of one rune.
func units(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

const joiner = '\u200d' // ZERO WIDTH JOINER

// joins reports whether r continues the character that prev belongs to. It is the
// part of Unicode's grapheme rules that names and messages meet:
// https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules
func joins(prev, r rune, flags int) bool {
	switch {
	case unicode.Is(unicode.M, r), r == joiner, prev == joiner:
		return true
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return true
	case r >= 0xe0020 && r <= 0xe007f: // tags, which spell the flag of a region
		return true
	case r >= 0x1160 && r <= 0x11ff: // vowel and final of a Korean syllable
		return true
	case regional(r): // two make a flag
		return flags%2 == 1
	}
	return prev == '\r' && r == '\n'
}

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

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
