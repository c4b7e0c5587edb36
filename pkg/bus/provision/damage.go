package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
)

// Damage is what the broker itself knows that a stream has lost: blocks that were gone or could not be read when it
// opened them.
type Damage struct {
	// Stream is its name.
	Stream string
	// Messages is how many are known to be missing, 0 where it knows the bytes alone.
	Messages int
	// Bytes is how much of its files could not be read.
	Bytes uint64
}

// String says it for people, without any content.
func (d Damage) String() string {
	if d.Messages == 0 {
		return fmt.Sprintf("stream %s: %d bytes could not be read", d.Stream, d.Bytes)
	}
	return fmt.Sprintf("stream %s: %d messages are gone, %d bytes", d.Stream, d.Messages, d.Bytes)
}

// mostDeleted bounds the list of deleted sequences that comes with the answer: the server tells lost messages only together with
// all that are deleted, and of a stream with millions of those the answer would be larger than a message may be.
const mostDeleted = 100_000

// FindDamage asks the broker which streams have lost something. The broker knows of blocks that it could not read. It does not know
// of a file that ends too early at the end of a message, or that is gone: package integrity finds what those held. A stream with more
// than 100,000 deleted messages between its first and its last is left out, since the answer would be larger than a message may
// be. Call it once, at the start of the process that has the broker.
func FindDamage(ctx context.Context, b *bus.Bus) (found []Damage, err error) {
	names, err := b.StreamNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		state, err := b.State(ctx, name)
		if err != nil {
			return nil, err
		}
		if state.Deleted > mostDeleted {
			continue
		}
		// by hand: the client does not read what the server says of lost messages
		asking, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
		answer, err := b.Conn().RequestWithContext(asking, b.API("STREAM.INFO."+name), []byte(`{"deleted_details":true}`))
		cancel()
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		var told struct {
			State struct {
				Lost struct {
					Messages []uint64 `json:"msgs"`
					Bytes    uint64   `json:"bytes"`
				} `json:"lost"`
			} `json:"state"`
		}
		if err := json.Unmarshal(answer.Data, &told); err != nil {
			return nil, fmt.Errorf("state of stream %s: %w", name, err)
		}
		if lost := told.State.Lost; len(lost.Messages) > 0 || lost.Bytes > 0 {
			slices.Sort(lost.Messages) // the server names some of them more than once
			found = append(found, Damage{Stream: name, Messages: len(slices.Compact(lost.Messages)), Bytes: lost.Bytes})
		}
	}
	return found, nil
}
