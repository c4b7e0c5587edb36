// Package page has the tokens of pages: where a list goes on. A token is a caller's to keep, and nobody's to rely on: it may
// be anything when it comes back.
package page

import (
	"encoding/base64"
	"encoding/binary"
	"errors"

	"connectrpc.com/connect"
)

// Default is how many entries a page has where the caller does not say.
const Default = 100

// Size is how many entries a page has that was asked for with this size.
func Size(asked uint32) int {
	if asked == 0 {
		return Default
	}
	return int(asked)
}

// Token says that a list goes on at a place; "" for the place 0, which is none.
func Token(place uint64) string {
	if place == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint([]byte{version}, place))
}

// version begins a token, so that a later form is told from this one.
const version = 1

// Place is where the list of a token goes on; 0 for "". A token that [Token] did not make is an error of
// [connect.CodeInvalidArgument].
func Place(token string) (uint64, error) {
	if token == "" {
		return 0, nil
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(data) < 2 || data[0] != version {
		return 0, wrong()
	}
	place, n := binary.Uvarint(data[1:])
	if n != len(data)-1 || place == 0 || Token(place) != token {
		return 0, wrong()
	}
	return place, nil
}

func wrong() error {
	return connect.NewError(connect.CodeInvalidArgument, errors.New("page_token: is none that this API gave out; begin with the first page"))
}
