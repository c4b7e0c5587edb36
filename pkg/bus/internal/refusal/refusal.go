// Package refusal tells apart what the broker refuses a request for. It alone knows the server's error codes and the words of its
// store; the packages above have errors of their own for them.
package refusal

import (
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The server's error codes that are told apart: https://github.com/nats-io/nats-server/blob/main/server/errors.json
const (
	codeNoStorage         = 10023 // insufficient resources
	codeStorageExceeded   = 10047
	codeMessageTooLarge   = 10054
	codeWrongLastSequence = 10071
	codeStoreFailed       = 10077 // any refusal of the store; its text says which
	codeSequenceInFlight  = 10164 // two compare-and-sets came at once
	codeBatchDuplicate    = 10201 // a batch holds a message id that is remembered
)

// isCode says that the broker refused with one of these codes.
func isCode(err error, codes ...jetstream.ErrorCode) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return false
	}
	for _, c := range codes {
		if api.ErrorCode == c {
			return true
		}
	}
	return false
}

// storeRefused says that the store refused for one of its limits, whose text has this word. The server has one code for all
// of them; the texts are those of https://github.com/nats-io/nats-server/blob/main/server/store.go, and a test would notice
// where a new version words them otherwise.
func storeRefused(err error, word string) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == codeStoreFailed && strings.Contains(api.Description, word)
}

// NoRoom says that a stream takes nothing more: for its own limit, the account's or the server's.
func NoRoom(err error) bool {
	return storeRefused(err, "maximum") || isCode(err, codeStorageExceeded, codeNoStorage)
}

// Conflict says that a compare-and-set was refused.
func Conflict(err error) bool { return isCode(err, codeWrongLastSequence, codeSequenceInFlight) }

// ChannelFull says that one subject has as many messages as it may. Its text holds the words of [NoRoom] too: it is asked first.
func ChannelFull(err error) bool { return storeRefused(err, "per subject") }

// TooLarge says that a message is larger than the server or the client takes.
func TooLarge(err error) bool {
	return isCode(err, codeMessageTooLarge) || errors.Is(err, nats.ErrMaxPayload)
}

// Repeated says that a batch holds a message id that is remembered.
func Repeated(err error) bool { return isCode(err, codeBatchDuplicate) }
