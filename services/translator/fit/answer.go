package fit

import (
	"strings"
	"unicode"
)

// Answer maps a text that answers a numbered list to the reply with that number: "2", " 2. ", "2)", "(2)", "#2" or a
// keycap, in the digits of any script. Anything else is no answer to the list and goes on as what it is; so does the
// reply's own wording, which needs no mapping.
func Answer(text string, numbered []string) (string, bool) {
	if len(text) > longestAnswer {
		return "", false
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\ufe0f', r == '\u20e3': // a keycap is a digit with these two
			return -1
		case unicode.Is(unicode.Cf, r): // marks of direction, which keyboards of right-to-left scripts add
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	text = strings.TrimLeft(text, "#＃(（[")
	text = strings.TrimRight(text, ".．。)）]:：")
	text = strings.TrimSpace(text)

	number := 0
	for i, r := range text {
		d, ok := digit(r)
		if !ok || i == 0 && d == 0 {
			return "", false
		}
		if number = number*10 + d; number > len(numbered) {
			return "", false
		}
	}
	if number == 0 {
		return "", false
	}
	return numbered[number-1], true
}

// longestAnswer is more than any number with its marks takes, in bytes.
const longestAnswer = 64

// digit is the value of a decimal digit. Unicode keeps the digits of a script together, from zero to nine.
func digit(r rune) (int, bool) {
	if r >= '0' && r <= '9' {
		return int(r - '0'), true
	}
	for _, set := range unicode.Nd.R16 {
		if r >= rune(set.Lo) && r <= rune(set.Hi) {
			return int(r-rune(set.Lo)) % 10, true
		}
	}
	for _, set := range unicode.Nd.R32 {
		if r >= rune(set.Lo) && r <= rune(set.Hi) {
			return int(r-rune(set.Lo)) % 10, true
		}
	}
	return 0, false
}
