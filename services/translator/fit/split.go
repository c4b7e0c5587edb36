package fit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/provider"
)

// Split cuts a text into parts of at most limit in unit, 0 being no limit; a text that fits is returned whole. The
// parts one after the other are the text: white space at a cut stays at the end of the part before it. Only a part
// that would be nothing but white space is left out, since networks refuse it.
//
// It cuts after a line, a sentence or a word, in this order as long as half a part is filled. A word that is longer
// than the limit is cut between whole characters; a character that is longer than the limit, such as an emoji of many
// joined ones, between its runes; never within a rune, so a limit below a single rune is exceeded by that rune.
//
// GSM-7 or UCS-2 is decided for each part: one letter that GSM-7 does not have makes the part with it short, and no other.
func Split(text string, limit int, unit provider.Unit) []string {
	if fits(text, limit, unit) {
		return []string{text}
	}
	m := measure(limit, unit)
	var parts []string
	for rest := text; rest != ""; {
		n := m.cut(rest)
		if strings.TrimSpace(rest[:n]) != "" {
			parts = append(parts, rest[:n])
		}
		rest = rest[n:]
	}
	if len(parts) == 0 { // nothing but white space: refusing it is the sender's
		parts = append(parts, text[:m.cut(text)])
	}
	return parts
}

// stop is where a text can be cut, 0 for nowhere, and what was counted up to there.
type stop struct {
	at    int
	count tally
}

// cut returns the length in bytes of the first part of s, at least one rune.
func (m meter) cut(s string) int {
	var (
		line, sentence stop
		word, whole    int               // where s can be cut, 0 for nowhere
		count          = tally{meter: m} // of s[:i]
		ended          bool
		at             boundary
	)
	for i, r := range s {
		if at.before(r) {
			whole = i
			switch {
			case breaks(at.prev):
				word = i
				if at.prev == '\n' {
					line = stop{i, count}
				}
				if ended {
					sentence = stop{i, count}
				}
			case wide(at.prev):
				sentence = stop{i, count}
			}
		}
		before := count
		if !count.take(r) {
			if before.size > 0 && !before.others && count.others && i > 0 {
				count = before // what goes before this rune needs GSM-7 alone
			}
			for _, p := range []stop{line, sentence} {
				if p.at > 0 && count.half(p.count) {
					return p.at
				}
			}
			for _, n := range []int{word, whole, i} {
				if n > 0 {
					return n
				}
			}
			_, n := utf8.DecodeRuneInString(s)
			return n
		}
		if !breaks(r) {
			// "1. " begins an item of a list more often than it ends a sentence
			ended = ends(r) && !(r == '.' && unicode.IsDigit(at.prev)) || ended && closes(r)
		}
		at.pass(r)
	}
	return len(s)
}

// breaks says whether a line may be broken after this white space.
func breaks(r rune) bool {
	switch r {
	case '\u00a0', '\u2007', '\u202f': // the no-break ones
		return false
	}
	return unicode.IsSpace(r)
}

// ends says whether a sentence ends here if white space follows.
func ends(r rune) bool {
	switch r {
	case '.', '!', '?', '…', '؟', '۔', '।', '॥', '։':
		return true
	}
	return wide(r)
}

// wide says whether a sentence ends here though no white space follows.
func wide(r rune) bool {
	switch r {
	case '。', '！', '？', '｡':
		return true
	}
	return false
}

// closes says whether this may stand between the end of a sentence and white space.
func closes(r rune) bool {
	switch r {
	case '"', '\'', ')', ']', '*', '_', '~':
		return true
	}
	return unicode.In(r, unicode.Pe, unicode.Pf)
}
