// Package rawjson reads JSON without building it: a value is the slice of the body that it stands in, and only what is asked for is
// decoded. So an unknown field costs nothing, whatever is in it, and null, a duplicate key or half a surrogate pair can still be told.
// It knows no field of any contract.
//
//	value, fault, at := rawjson.Parse(body, 32)
//	if fault == "" && rawjson.Type(value) == rawjson.Object {
//		rawjson.Members(value, func(key string, value []byte) { … })
//	}
//
// All functions but [Parse] take what Parse returned, or parts of it, and panic on anything else.
package rawjson

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

// Fault is what makes a body unreadable as a whole. The zero value is none.
type Fault string

// The faults of a body.
const (
	Empty   Fault = "empty"
	Unicode Fault = "unicode" // bytes that are no UTF-8
	Deep    Fault = "deep"    // nested deeper than may be
	Syntax  Fault = "syntax"  // not one valid JSON value
)

// Parse returns the body's one value, or what is wrong with it and, of [Syntax], at which byte. The value is part of the body. most is
// how deep objects and arrays may be nested.
func Parse(body []byte, most int) (value []byte, fault Fault, at int64) {
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // some programs put a byte order mark before UTF-8
	value = bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(value) == 0:
		return nil, Empty, 0
	case !utf8.Valid(body):
		return nil, Unicode, 0
	case depth(body) > most:
		return nil, Deep, 0
	case !json.Valid(body):
		return nil, Syntax, offset(body)
	default:
		return value, "", 0
	}
}

// offset returns where the standard library stopped; its own words would quote
// the body.
func offset(body []byte) int64 {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(body, new(json.RawMessage)), &syntax) {
		return syntax.Offset
	}
	return int64(len(body))
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

// Elements returns the values of an array.
func Elements(array []byte) [][]byte {
	var list [][]byte
	for i := skipGap(array, 1); array[i] != ']'; i = skipGap(array, i) {
		end := skipValue(array, i)
		list = append(list, array[i:end])
		i = end
	}
	return list
}

// Members calls yield with each key and value of an object.
func Members(object []byte, yield func(key string, value []byte)) {
	for i := skipGap(object, 1); object[i] != '}'; i = skipGap(object, i) {
		end := skipString(object, i)
		key, _ := Text(object[i:end])
		i = skipGap(object, end)
		end = skipValue(object, i)
		yield(key, object[i:end])
		i = end
	}
}

// Text decodes a string; whole is false where it holds half a surrogate pair,
// which the standard library replaces without a word.
func Text(raw []byte) (s string, whole bool) {
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

// The types of values, as an error says them.
const (
	Object = "an object"
	Array  = "an array"
	String = "a string"
	Bool   = "true or false"
	Null   = "null"
	Number = "a number"
)

// Type is a value's type.
func Type(raw []byte) string {
	switch raw[0] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		return Number
	}
}
