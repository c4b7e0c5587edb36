// Package valid looks at every subject, key, filter and name before the client has it. The broker closes a connection on which
// it reads a longer line than 4,096 bytes, or a subject that is none; and a connection is everybody's.
package valid

import (
	"errors"
	"fmt"
	"strings"
)

const (
	// maxSubject bounds subjects, keys and filters in bytes, maxName names of streams, consumers and buckets. The longest
	// line that holds them, a request for a consumer, has two names, a filter and 150 bytes more.
	maxSubject = 512
	maxName    = 200
)

// ErrName is returned for a subject, key, filter or name that cannot be one: it was not given to the broker, and never can
// be. To try it again is useless. The error tells lengths and places, and nothing of the text: it may be a stranger's.
var ErrName = errors.New("not a name that the broker can have")

// Subject looks at the subject of one message, or at a key.
func Subject(subject string) error { return tokens("subject", subject, false) }

// Filter looks at what may hold "*" for one token, and ">" for the rest at its end.
func Filter(filter string) error { return tokens("filter", filter, true) }

// tokens looks at parts with dots between them; wild allows "*" and ">". It tells what is wrong by lengths and places alone.
func tokens(what, text string, wild bool) error {
	if len(text) == 0 || len(text) > maxSubject {
		return fmt.Errorf("%s of %d bytes, 1 to %d are allowed: %w", what, len(text), maxSubject, ErrName)
	}
	for part, more := 1, true; more; part++ { // it is asked for every message: without a list of the parts
		var token string
		token, text, more = strings.Cut(text, ".")
		switch {
		case wild && (token == "*" || token == ">" && !more):
		case token == "":
			return fmt.Errorf("%s whose part %d is empty: %w", what, part, ErrName)
		case strings.ContainsFunc(token, outsideToken):
			return fmt.Errorf("%s whose part %d holds what is no letter, digit, '-', '_', '/' or '=': %w", what, part, ErrName)
		}
	}
	return nil
}

// Name looks at the name of a stream, a consumer or a bucket.
func Name(name string) error {
	if len(name) == 0 || len(name) > maxName {
		return fmt.Errorf("name of %d bytes, 1 to %d are allowed: %w", len(name), maxName, ErrName)
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r == '/' || outsideToken(r) }) {
		return fmt.Errorf("name that holds what is no letter, digit, '-', '_' or '=': %w", ErrName)
	}
	return nil
}

// outsideToken are the characters that stand neither in a token nor in a name. The broker takes more; these are what all of
// subjects, keys and names have in common, and what needs no quoting anywhere.
func outsideToken(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune("-_/=", r)
}
