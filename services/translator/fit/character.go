package fit

import "unicode"

// boundary walks over a text and tells where one character ends and the next begins, as a person sees them. It is the
// part of Unicode's rules that messages meet; the rest only makes a cut less handsome.
// https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules
type boundary struct {
	prev    rune // 0 at the start
	flags   int  // regional indicators in a row up to here
	started bool
}

// before says whether a character ends before r.
func (b *boundary) before(r rune) bool {
	if !b.started {
		return false
	}
	if r < 0x300 { // Latin, digits, punctuation: by far the most
		return b.prev != joiner && (b.prev != '\r' || r != '\n')
	}
	switch {
	case r == joiner, b.prev == joiner, r == '\u200c':
		return false
	case r == 'ำ', r == 'ຳ': // vowels of Thai and Lao that are no marks
		return false
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return false
	case r >= 0xe0020 && r <= 0xe007f: // tags, which spell the flag of a region
		return false
	case r >= 0x1160 && r <= 0x11ff: // vowel and final of a Korean syllable
		return false
	case regional(r): // two make a flag
		return b.flags%2 == 0
	}
	return !unicode.Is(unicode.M, r)
}

// pass goes on over r.
func (b *boundary) pass(r rune) {
	if regional(r) {
		b.flags++
	} else {
		b.flags = 0
	}
	b.prev, b.started = r, true
}

const joiner = '\u200d' // ZERO WIDTH JOINER

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
