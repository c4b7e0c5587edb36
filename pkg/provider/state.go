package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Values are a few small values, each under a key, that outlive processes. They are kept for good, in the place where credentials are kept,
// and are in every backup. They are written by compare-and-set, so that of two processes that write at once one gets an error. They are
// safe for concurrent use.
type Values interface {
	// Get is the value of a key and its revision; nil and 0 if there is none. The answer may be a moment old; then Put fails.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put writes a value if the key's revision is still this one (0: the key is not there), and returns the new revision. An empty value
	// deletes the key. [ErrStateChanged] means that somebody else wrote meanwhile: nothing was written, and Get has the new value. The
	// other errors below are mistakes of the network's code. After any further error, such as a lost answer, the value may have been
	// written or not. All errors are classified for package outcome.
	Put(ctx context.Context, key string, value []byte, revision uint64) (next uint64, err error)
}

// State has the values of one channel, such as a token that changes with each use ([Token]), and those of each of its contacts, such as
// the conversation in which a contact is answered ([Event.WithState]). They are deleted when the channel is removed. After the restore
// of an older backup they may be old or missing: then a network has to go on as with a new channel.
type State interface {
	Values
	// Contact has the values of one contact of the channel, by the contact's address.
	Contact(address string) Values
}

// StateBounds says how much can be kept of one channel or contact.
type StateBounds struct {
	// Values is the largest number of values. Value is the largest size of one, and Key the longest key, in bytes.
	Values, Value, Key int
}

// Bounds of [State]: of a channel, and of each contact.
var (
	ChannelState = StateBounds{Values: 16, Value: 16 << 10, Key: 64}
	ContactState = StateBounds{Values: 4, Value: 2 << 10, Key: 64}
)

// Errors of [Values]. All but the first are mistakes of the network's code.
var (
	// ErrStateChanged means that somebody else has written the key meanwhile.
	ErrStateChanged = errors.New("the value was changed meanwhile")
	// ErrStateKey means that a key is empty, or longer than StateBounds.Key.
	ErrStateKey = errors.New("the key of a value is empty or too long")
	// ErrStateValue means that a value is longer than StateBounds.Value.
	ErrStateValue = errors.New("a value is too large to be kept")
	// ErrStateValues means that there are StateBounds.Values already.
	ErrStateValues = errors.New("there are too many values")
)

// Check says whether a key and a value are within the bounds: nil, [ErrStateKey] or [ErrStateValue].
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
