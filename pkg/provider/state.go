package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Values are a few small values, each under a key, that outlive processes: they are kept for good, where credentials are kept, and
// are in every backup. They are written by compare-and-set, so that of two processes that write at once one is told. They are safe
// for concurrent use.
type Values interface {
	// Get is the value of a key and its revision; nil and 0 where there is none. What it tells may be a moment old: Put finds out.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put writes a value where its revision is still this one, 0 for "there is none", and returns the new one; an empty value takes
	// the key out. [ErrStateChanged] says that somebody else wrote meanwhile: nothing was written, and Get tells what there is now.
	// After any other error, a lost answer for one, it may have been written; see [StateBounds] for those that are a mistake of the
	// network's code. All errors are classified.
	Put(ctx context.Context, key string, value []byte, revision uint64) (next uint64, err error)
}

// State are the values of one channel, such as a token that changes with each use ([Token]), and those of each of its contacts, such
// as the conversation in which a contact is written to ([Event.WithState]). They go when the channel is removed. They may be lost all
// the same, with a backup that is older: then a network goes on as it did with a channel that is new.
type State interface {
	Values
	// Contact are the values of one contact of the channel, by its address.
	Contact(address string) Values
}

// StateBounds are how much can be kept of one owner.
type StateBounds struct {
	// Values is how many values, Value how long one may be, Key how long its key, in bytes.
	Values, Value, Key int
}

// Bounds of [State]: of a channel, and of each contact.
var (
	ChannelState = StateBounds{Values: 16, Value: 16 << 10, Key: 64}
	ContactState = StateBounds{Values: 4, Value: 2 << 10, Key: 64}
)

// Errors of [Values]. All but the first are mistakes of the network's code.
var (
	// ErrStateChanged means that the revision is another by now.
	ErrStateChanged = errors.New("the value was changed meanwhile")
	// ErrStateKey means that a key is empty, or longer than StateBounds.Key.
	ErrStateKey = errors.New("the key of a value is empty or too long")
	// ErrStateValue means that a value is longer than StateBounds.Value.
	ErrStateValue = errors.New("a value is too large to be kept")
	// ErrStateValues means that there are StateBounds.Values already.
	ErrStateValues = errors.New("there are too many values")
)

// Check is what is wrong with a key and a value, nil for nothing: [ErrStateKey] or [ErrStateValue].
func (b StateBounds) Check(key string, value []byte) error {
	switch {
	case key == "" || len(key) > b.Key:
		return fmt.Errorf("%w: it has %d bytes, and may have 1 to %d", ErrStateKey, len(key), b.Key)
	case len(value) > b.Value:
		return fmt.Errorf("%w: it has %d bytes, and may have %d", ErrStateValue, len(value), b.Value)
	}
	return nil
}

// noState is what there is where no bridge runs: nothing can be kept there, and so nothing may be used up.
type noState struct{}

func (noState) Get(context.Context, string) ([]byte, uint64, error) { return nil, 0, nil }

func (noState) Put(context.Context, string, []byte, uint64) (uint64, error) {
	return 0, outcome.Temporary(reason.StateNotKept, errors.New("no bridge runs, so there is no state"))
}

func (s noState) Contact(string) Values { return s }
