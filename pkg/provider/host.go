package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Host is what Puente gives to a sender. All of it is safe for concurrent use. When no bridge runs, as in "puente setup", there are no
// replies and no state, and files cannot be published.
type Host struct {
	// Client makes HTTP requests and other connections.
	Client *httpclient.Client
	// WebhookURL is the address that the network calls for this channel, as [Setter] gets it. It is for networks that are told with each
	// message where its receipts go, and for networks that sign the address.
	WebhookURL string
	// Replies remembers how each contact can be answered, see [Event.WithReply].
	Replies Replies
	// Files publishes files that the network fetches.
	Files Files
	// State keeps small values of the channel, and of its contacts, for good.
	State State
	// Shared is what the channel shares with the other channels of its account, such as a connection.
	Shared *Shared
}

// Reply is how a contact can be answered, and until when.
type Reply struct {
	// Token is what the network gave for answering; "" if there is only a time within which the contact may be answered.
	Token string
	// Until is when the token, or the time, ends.
	Until time.Time
}

// Replies keeps the last [Reply] of each contact until it ends, for at most 25 hours. It may get lost, so a network has to work without it.
type Replies interface {
	// Last is the contact's last reply; the zero value if there is none, or if it is over.
	Last(ctx context.Context, address string) (Reply, error)
	// Take is Last for a token that serves one message only. From now on the token belongs to this message, or part. again is true if Take
	// was called for this message before, so that an earlier try may have been sent. Then the answer is the same as at first: the same
	// token, even if it is over, or none. So every try of a message is made in the same way.
	Take(ctx context.Context, m *messagev1.Message) (r Reply, again bool, err error)
	// Drop says that the network refused the token that Take gave this message, and sent nothing. From now on Take gives the message none.
	Drop(ctx context.Context, m *messagev1.Message) error
}

// Files publishes files.
type Files interface {
	// Publish stores a file for 30 days and returns its public address, which is the same for the same bytes, name and type.
	Publish(ctx context.Context, name, mediaType string, data []byte) (url string, err error)
}

// whole fills in what a host without a bridge does not have, for the channel with this account.
func (h Host) whole(account json.RawMessage) Host {
	if h.Replies == nil {
		h.Replies = noReplies{}
	}
	if h.Files == nil {
		h.Files = noFiles{}
	}
	if h.State == nil {
		h.State = noState{}
	}
	if h.Shared == nil {
		h.Shared = &Shared{accounts: []json.RawMessage{account}}
	}
	return h
}

type noReplies struct{}

func (noReplies) Last(context.Context, string) (Reply, error) { return Reply{}, nil }

func (noReplies) Take(context.Context, *messagev1.Message) (Reply, bool, error) {
	return Reply{}, false, nil
}

func (noReplies) Drop(context.Context, *messagev1.Message) error { return nil }

type noFiles struct{}

func (noFiles) Publish(context.Context, string, string, []byte) (string, error) {
	return "", outcome.Temporary(reason.FileNotStored, errors.New("no bridge runs, so there is no store"))
}

// Shared holds what the channels of one account ([Identity]) have in common within a process, such as one connection for all of them. The
// channels of one account that are listened to belong to one process; for a moment, while they move to another process, both may have
// some. Shared lives as long as one of the channels is configured. It closes nothing: what a channel's Listen opened has to be closed by
// the last Listen that uses it. It is safe for concurrent use.
type Shared struct {
	mu       sync.Mutex
	value    any
	accounts []json.RawMessage // with credentials: never logged
}

// SharedOf is the value that the account's channels share. The first call makes it with make, which must do no I/O and must not use s. All
// senders of a network have to ask for the same type.
func SharedOf[T any](s *Shared, make func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value == nil {
		s.value = make()
	}
	return s.value.(T)
}

// AccountsOf are the settings of all the account's channels as they are configured now, sorted by the channels' ids: a message that comes
// over a shared connection may be for any of them, even one whose Listen was not called yet. It parses them at each call, without I/O.
func AccountsOf[A any](s *Shared) []A {
	s.mu.Lock()
	accounts := s.accounts
	s.mu.Unlock()
	var all []A
	for _, raw := range accounts {
		if a, err := readAccount[A](raw); err == nil { // one that cannot be read is a channel that is suspended
			all = append(all, a)
		}
	}
	return all
}

// Configure replaces the settings. The runtime and tests call it. accounts must not be changed afterwards.
func (s *Shared) Configure(accounts ...json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = accounts
}

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
