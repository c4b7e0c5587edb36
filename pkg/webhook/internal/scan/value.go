package scan

import (
	"iter"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The functions of this file walk JSON that [json.Valid] has admitted, without decoding it: what nobody asks for costs no
// memory, and no nesting costs stack.

// Member is the value of an object's last member of this key, which is the one that encoding/json takes; nil where raw
// is no object or has none.
func Member(raw []byte, key string) (found []byte) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	for i := blank(raw, 1); raw[i] == '"'; {
		end := skip(raw, i)
		name := raw[i+1 : end-1]
		i = blank(raw, blank(raw, end)+1) // behind the colon
		end = skip(raw, i)
		if spells(name, key) {
			found = raw[i:end]
		}
		if i = blank(raw, end); raw[i] == ',' {
			i = blank(raw, i+1)
		}
	}
	return found
}

// elements are those of a list; none where raw is no list.
func elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if len(raw) == 0 || raw[0] != '[' {
			return
		}
		for i := blank(raw, 1); raw[i] != ']'; {
			end := skip(raw, i)
			if !yield(raw[i:end]) {
				return
			}
			if i = blank(raw, end); raw[i] == ',' {
				i = blank(raw, i+1)
			}
		}
	}
}

// skip is where the value ends that begins at i.
func skip(raw []byte, i int) int {
	for depth := 0; ; {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			i++
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default: // a number or a word
			for i < len(raw) && !ends(raw[i]) {
				i++
			}
		}
		if depth == 0 {
			return i
		}
	}
}

func ends(b byte) bool {
	switch b {
	case ' ', '\t', '\r', '\n', ',', ']', '}':
		return true
	}
	return false
}

// blank is where something other than blanks begins, from i on.
func blank(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\r' || raw[i] == '\n') {
		i++
	}
	return i
}

// spells says whether what stands between the quotes of a JSON text is this text.
func spells(quoted []byte, text string) bool {
	for len(quoted) > 0 {
		r, size := letter(quoted)
		quoted = quoted[size:]
		want, length := utf8.DecodeRuneInString(text)
		if length == 0 || r != want || want == utf8.RuneError && length == 1 {
			return false
		}
		text = text[length:]
	}
	return text == ""
}

// unquoted appends the text that stands between the quotes.
func unquoted(dst, quoted []byte) []byte {
	for len(quoted) > 0 {
		r, size := letter(quoted)
		dst, quoted = utf8.AppendRune(dst, r), quoted[size:]
	}
	return dst
}

// letter is the first character of what stands between the quotes, and how many bytes it takes. As in encoding/json
// what is no character is U+FFFD.
func letter(quoted []byte) (r rune, size int) {
	if quoted[0] != '\\' {
		return utf8.DecodeRune(quoted)
	}
	switch quoted[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r = codeUnit(quoted)
		if !utf16.IsSurrogate(r) {
			return r, 6
		}
		if both := utf16.DecodeRune(r, codeUnit(quoted[6:])); both != unicode.ReplacementChar {
			return both, 12
		}
		return unicode.ReplacementChar, 6
	}
	return rune(quoted[1]), 2
}

// codeUnit is the number of a \uXXXX; -1 where there is none.
func codeUnit(quoted []byte) (n rune) {
	if len(quoted) < 6 || quoted[0] != '\\' || quoted[1] != 'u' {
		return -1
	}
	for _, c := range quoted[2:6] {
		n = n<<4 | rune(unhex(c))
	}
	return n
}

// unhex is the value of a hexadecimal digit; 0xff for what is none.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}
