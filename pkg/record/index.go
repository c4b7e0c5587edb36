package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
)

// Store keeps the records: a [bus.Bus], or in a test something that stands before one.
type Store interface {
	// Create writes the first record under a subject, or fails with [bus.ErrExists]. keep is how long the record lives.
	Create(ctx context.Context, subject string, record proto.Message, keep time.Duration) (revision uint64, err error)
	// Replace writes a record if the last revision under the subject is still this one (0: there is no record), or fails with
	// [bus.ErrConflict].
	Replace(ctx context.Context, subject string, record proto.Message, revision uint64, keep time.Duration) (uint64, error)
	// Read reads the last record under a subject, or fails with [bus.ErrNotFound].
	Read(ctx context.Context, subject string, record proto.Message) (revision uint64, err error)
}

// How long records are kept.
const (
	// Keep is for every record that is not named below. It is longer than a call is kept in WEBHOOKS_* and may be read again.
	Keep = 8 * 24 * time.Hour
	// KeepFailed is for a message of which a part failed. It is longer than its dead letter is kept ([topology.KeepDead]),
	// because a replay needs the record.
	KeepFailed = 31 * 24 * time.Hour
	// KeepPending is for a receipt that waits for its send's outcome.
	KeepPending = time.Hour
)

// Index reads and writes the records of the stream INDEX. It is safe for concurrent use.
type Index struct {
	store Store
	cache cache
}

// New makes an index over a store. It does no I/O.
func New(s Store) *Index { return &Index{store: s} }

// Claim says whether a message is to be handled. The zero value is the safe one: it is not.
type Claim int

// The results of a claim.
const (
	Repeated Claim = iota // it was taken before, by another entry or in a higher generation: drop it
	Voided                // the platform was told that it was not taken: drop it
	Fresh                 // it is taken now: handle it
	Resumed               // it was taken by an earlier try of the same entry, which may have published something: handle it again
)

// claimed decides a claim against a record that is there. The generation goes first; within one, the entry that made the
// record is handled again, and every other one is a repeat.
func claimed(foundGeneration, generation uint32, foundSequence, sequence uint64) Claim {
	switch {
	case foundGeneration < generation:
		return Fresh
	case foundGeneration == generation && foundSequence == sequence:
		return Resumed
	default:
		return Repeated
	}
}

// tries bounds how often a record that others change is read again.
const tries = 10

// message is a pointer to a record of type T.
type message[T any] interface {
	*T
	proto.Message
}

// create writes the first record under a subject. Where there is one, replace says whether this one takes its place. It
// returns the revision that was written, 0 where none was.
func create[T any, M message[T]](ctx context.Context, s Store, subject string, record M, keep time.Duration, replace func(found M, revision uint64) bool) (uint64, error) {
	for range tries {
		revision, err := s.Create(ctx, subject, record, keep)
		if !errors.Is(err, bus.ErrExists) {
			return revision, err
		}
		found := M(new(T))
		revision, err = s.Read(ctx, subject, found)
		if errors.Is(err, bus.ErrNotFound) {
			continue // two that create at once can both be refused while there is nothing yet
		}
		if err != nil || !replace(found, revision) {
			return 0, err
		}
		revision, err = s.Replace(ctx, subject, record, revision, keep)
		if !errors.Is(err, bus.ErrConflict) {
			return revision, err
		}
	}
	return 0, bus.ErrConflict
}

// change reads a record, an empty one where there is none, and writes it as decide leaves it. decide says whether there is
// anything to write. It is called again where somebody else has changed the record meanwhile.
func change[T any, M message[T]](ctx context.Context, s Store, subject string, keep time.Duration, decide func(found bool, record M) (write bool, err error)) error {
	for range tries {
		record := M(new(T))
		revision, err := s.Read(ctx, subject, record)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return err
		}
		write, err := decide(err == nil, record)
		if err != nil || !write {
			return err
		}
		if _, err = s.Replace(ctx, subject, record, revision, keep); !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return bus.ErrConflict
}

// about says which record an error is about.
func about(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
