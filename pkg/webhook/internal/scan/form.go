package scan

import (
	"bytes"
	"iter"
	"net/url"
)

// Pairs are the parameters of a query or a form as they are escaped, without decoding them. A name that holds a
// semicolon, or anything that is not escaped well, makes one broken; an empty one is passed over.
func Pairs(raw []byte) iter.Seq2[Pair, bool] {
	return func(yield func(Pair, bool) bool) {
		for len(raw) > 0 {
			var one []byte
			one, raw, _ = bytes.Cut(raw, []byte("&"))
			if len(one) == 0 {
				continue
			}
			name, value, _ := bytes.Cut(one, []byte("="))
			ok := bytes.IndexByte(one, ';') < 0 && escapedWell(one)
			if !yield(Pair{name, value}, ok) {
				return
			}
		}
	}
}

// Pair is a parameter as it is escaped. Its bytes are those of the query or form.
type Pair struct{ name, value []byte }

// Name is the parameter's name without its escapes. The pair must not be broken.
func (p Pair) Name() string { return unescape(p.name) }

// Value is the parameter's value without its escapes. The pair must not be broken.
func (p Pair) Value() string { return unescape(p.value) }

// Parameter is the value of the first parameter of this name, and how many there are. Where strict, none of those that
// have a broken one among them.
func Parameter(raw []byte, name string, strict bool) (value string, times int) {
	var found []byte
	for p, ok := range Pairs(raw) {
		switch {
		case !ok && strict:
			return "", 0
		case !ok || !unescapesTo(p.name, name):
			continue
		case times == 0:
			found = p.value
		}
		times++
	}
	return unescape(found), times
}

// unescape is what was escaped well.
func unescape(raw []byte) string {
	text, _ := url.QueryUnescape(string(raw))
	return text
}

func escapedWell(raw []byte) bool {
	for i, c := range raw {
		if c == '%' && (len(raw)-i < 3 || unhex(raw[i+1]) == 0xff || unhex(raw[i+2]) == 0xff) {
			return false
		}
	}
	return true
}

// unescapesTo says whether what was escaped well is this text.
func unescapesTo(raw []byte, text string) bool {
	for ; len(raw) > 0 && text != ""; text = text[1:] {
		c, size := raw[0], 1
		switch c {
		case '+':
			c = ' '
		case '%':
			c, size = unhex(raw[1])<<4|unhex(raw[2]), 3
		}
		if c != text[0] {
			return false
		}
		raw = raw[size:]
	}
	return len(raw) == 0 && text == ""
}
