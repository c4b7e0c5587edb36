package customchannel

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file reads JSON that the standard library has found valid, without
// building it: a value is the slice of the body that it stands in, and only what
// is asked for is decoded. So an unknown field costs nothing, whatever is in it,
// and null, a duplicate key or half a surrogate pair can still be told.

// parse returns the body's one value, or what makes it unreadable as a whole.
func parse(body []byte, r *report) (raw []byte, ok bool) {
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // some programs put a byte order mark before UTF-8
	raw = bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(raw) == 0:
		r.add("body", RuleRequired, "a JSON object", "")
	case !utf8.Valid(body):
		r.add("body", RuleUnicode, "", "bytes that are not UTF-8")
	case depth(body) > MaxDepth:
		r.add("body", RuleDepth, strconv.Itoa(MaxDepth), "")
	case !json.Valid(body):
		r.add("body", RuleSyntax, "", offset(body))
	default:
		return raw, true
	}
	return nil, false
}

// offset returns where the standard library stopped; its own words would quote
// the body.
func offset(body []byte) string {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(body, new(json.RawMessage)), &syntax) {
		return strconv.FormatInt(syntax.Offset, 10)
	}
	return strconv.Itoa(len(body))
}

// depth returns the deepest nesting of a body that need not be valid yet.
func depth(body []byte) int {
	deep, most := 0, 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = skipString(body, i) - 1
		case '{', '[':
			deep++
			most = max(most, deep)
		case '}', ']':
			deep--
		}
	}
	return most
}

// skipString returns the index after the string that starts at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// skipValue returns the index after the value that starts at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		for deep := 0; i < len(b); i++ {
			switch b[i] {
			case '"':
				i = skipString(b, i) - 1
			case '{', '[':
				deep++
			case '}', ']':
				if deep--; deep == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	}
	for i < len(b) && !strings.ContainsRune(",]} \t\r\n", rune(b[i])) {
		i++
	}
	return i
}

// skipGap returns the index of the next token: a key, a value or a closing bracket.
func skipGap(b []byte, i int) int {
	for i < len(b) && strings.ContainsRune(",: \t\r\n", rune(b[i])) {
		i++
	}
	return i
}

// elements returns the values of an array.
func elements(array []byte) [][]byte {
	var list [][]byte
	for i := skipGap(array, 1); array[i] != ']'; i = skipGap(array, i) {
		end := skipValue(array, i)
		list = append(list, array[i:end])
		i = end
	}
	return list
}

// members calls yield with each key and value of an object.
func members(object []byte, yield func(key string, value []byte)) {
	for i := skipGap(object, 1); object[i] != '}'; i = skipGap(object, i) {
		end := skipString(object, i)
		key, _ := unquote(object[i:end])
		i = skipGap(object, end)
		end = skipValue(object, i)
		yield(key, object[i:end])
		i = end
	}
}

// unquote decodes a string; whole is false where it holds half a surrogate pair,
// which the standard library replaces without a word.
func unquote(raw []byte) (s string, whole bool) {
	if !bytes.ContainsRune(raw, '\\') {
		return string(raw[1 : len(raw)-1]), true
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", false
	}
	return s, paired(raw)
}

// paired reports whether every escaped surrogate has its other half behind it.
func paired(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if i++; raw[i] != 'u' {
			continue
		}
		switch unit := hex4(raw[i+1:]); {
		case unit >= 0xdc00 && unit <= 0xdfff:
			return false
		case unit >= 0xd800 && unit <= 0xdbff:
			rest := raw[i+5:]
			if !bytes.HasPrefix(rest, []byte(`\u`)) {
				return false
			}
			if low := hex4(rest[2:]); low < 0xdc00 || low > 0xdfff {
				return false
			}
			i += 6
		}
		i += 4
	}
	return true
}

// hex4 reads the four digits of an escape in valid JSON.
func hex4(b []byte) uint64 {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 16)
	return n
}

// jsonType names a value's type as an error says it.
func jsonType(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}
