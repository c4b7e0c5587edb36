package mediatype

import (
	"errors"
	"mime"
	"path"
	"strings"
)

// MaxLength is the longest media type that is taken, in bytes, parameters included.
const MaxLength = 255

// Valid says whether s is a media type, perhaps with parameters, and nothing else: no blank around it, no control
// character, nothing but ASCII, at most [MaxLength] bytes. Such a value can stand in a header.
func Valid(s string) bool {
	if len(s) > MaxLength || strings.TrimSpace(s) != s {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	base, _, err := mime.ParseMediaType(s)
	return err == nil && strings.Contains(base, "/")
}

// Base is the one name of a type, in small letters and without parameters; "" for what is no media type, and for one that
// says nothing (application/octet-stream).
func Base(said string) string {
	base, _ := parse(said)
	return base
}

// Normal is like [Base] with the type's parameters, written in one way. It is safe in a header.
func Normal(said string) string {
	base, params := parse(said)
	if base == "" || len(params) == 0 {
		return base
	}
	if s := mime.FormatMediaType(base, params); Valid(s) {
		return s
	}
	return base
}

func parse(said string) (base string, params map[string]string) {
	base, params, err := mime.ParseMediaType(said)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "", nil
	}
	if nothing[base] || !Valid(base) {
		return "", nil
	}
	if k := byName[base]; k != nil {
		return k.name, params
	}
	return base, params
}

// OfName is what a file's name says of its type, "" for nothing.
func OfName(name string) string {
	if k := byEnding[strings.ToLower(path.Ext(name))]; k != nil {
		return k.name
	}
	return ""
}

// Family is the part of a type before the slash: "image". "" for none.
func Family(said string) string {
	family, _, _ := strings.Cut(Base(said), "/")
	return family
}
