package bus

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What a request can be refused for, besides not reaching the broker. All are found by errors.Is, and all but ErrClosed are
// answers: nothing was written. Which of them a method returns stands in its comment.
var (
	// ErrNotFound means that there is no such record, key, message or file.
	ErrNotFound = errors.New("not found")
	// ErrNoStream means that there is no such stream.
	ErrNoStream = errors.New("there is no such stream")
	// ErrNoBucket means that the bucket itself is not there: the deployment was not provisioned yet.
	ErrNoBucket = errors.New("there is no such bucket")
	// ErrExists means that a record or key that was to be created is there.
	ErrExists = errors.New("exists already")
	// ErrConflict means that somebody else wrote in between: read again.
	ErrConflict = errors.New("changed by another")
	// ErrFull means that the channel's share of the stream is full ([topology.ChannelCap] messages): nothing but its destination
	// makes room. Other channels are not touched.
	ErrFull = errors.New("the backlog is full")
	// ErrNoRoom means that the store takes nothing more, of nobody: whoever publishes holds back what it has.
	ErrNoRoom = errors.New("the store is full")
	// ErrTooLarge means that the message is over the largest payload, 8 MB.
	ErrTooLarge = errors.New("the message is larger than 8 MB")
	// ErrClosed means that there is no connection and will be none: the process has to start again. [Bucket.Watch] and
	// [Responder.Run] end with it; single requests fail with the client's own error then.
	ErrClosed = errors.New("the connection to nats is closed")
)

// errGone means that a connection is gone for good. There will be another, unless the bus is over: trying again is right.
var errGone = errors.New("the connection to nats is gone")

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

// noRoom says that a stream takes nothing more: for its own limit, the account's or the server's.
func noRoom(err error) bool {
	return storeRefused(err, "maximum") || isCode(err, codeStorageExceeded, codeNoStorage)
}

// wrongSequence says that a compare-and-set was refused.
func wrongSequence(err error) bool { return isCode(err, codeWrongLastSequence, codeSequenceInFlight) }

// publishError says what a publish was refused for, in this package's errors where there is one. ErrFull is looked for first: its
// text holds the words of ErrNoRoom too.
func publishError(stream string, err error) error {
	switch {
	case storeRefused(err, "per subject"):
		err = ErrFull
	case noRoom(err):
		err = ErrNoRoom
	case isCode(err, codeMessageTooLarge), errors.Is(err, nats.ErrMaxPayload):
		err = ErrTooLarge
	case wrongSequence(err):
		err = ErrConflict
	}
	return fmt.Errorf("publish to %s: %w", stream, err)
}
