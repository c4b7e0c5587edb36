package provider

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Network is everything Puente knows about one messaging network. A is its account: a struct of settings whose fields
// carry json names and doc tags, credentials as [Secret].
type Network[A any] struct {
	// Name names the network in subjects, URLs and the configuration: lower-case letters and digits, at most 20.
	Name string
	// Doc is the URL of the network's own documentation.
	Doc string
	// Carries says what a message may hold; the translator fits every message to it beforehand.
	Carries Carries
	// Confirms says what the network tells of messages that it took.
	Confirms Confirms
	// Rates says how much the network takes.
	Rates Rates
	// Pages are further pages of the vendor.
	Pages Pages
	// Reasons are the network's own reasons for failures and waits; nil if it has none. See [reason.Table].
	Reasons *reason.Table
	// Webhook verifies the network's calls; nil if it makes none ([Listener]).
	Webhook *webhook.Policy
	// Abilities are the optional things that the network can do, each with the type that does it.
	Abilities Abilities
	// Receive reads a verified call, or what a [Listener] received, for the channel's account as it is configured now. It is pure: no I/O,
	// no clock, the same events for the same account and call, and no panic on any input. An error means that the call cannot be read at
	// all; it becomes a dead letter. It is called by many goroutines at once.
	Receive func(A, webhook.Call) ([]Event, error)
	// Mimic makes the call that the network would make for a contact's text, for people who try a channel without the network. It sets
	// Method, Suffix, Query, Header and Body; the credential is added by [webhook.Policy.Sign]. It is pure. nil means that no call can
	// be made up. [ErrNotCalled] means that the network makes no calls for this account.
	Mimic func(A, Said) (webhook.Call, error)
	// Open makes the sender of one account. It does no I/O.
	Open func(A, Host) (Sender, error)
	// Validity is how long a message is tried, counted from its acceptance; default 24 h.
	Validity time.Duration
	// SendTimeout bounds one Send, all its requests together; default 30 s.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once, at most; default 64.
	Concurrency int
}

// Said is a made-up message of a contact, for [Network].Mimic.
type Said struct {
	// Contact is the contact's address, as the network spells it; "" for an example that the network chooses.
	Contact string
	// Text is the message's text.
	Text string
	// Number makes the call different from earlier ones: the ids of the message and of the call are made of it. It is positive and less
	// than 2^53.
	Number int64
	// At is when the message was written.
	At time.Time
}

// ErrNotCalled is returned by [Network].Mimic for an account for which the network makes no calls, because it is listened to.
var ErrNotCalled = errors.New("the channel is listened to: the network does not call")

// Pages are further pages of the vendor, which "puente networks" shows; each may be empty.
type Pages struct {
	// Unit is the page that says how the vendor counts characters.
	Unit Page `json:"unit,omitempty"`
	// Webhook is the page that says how calls are signed, Errors the page with the error codes.
	Webhook Page `json:"webhook,omitempty"`
	Errors  Page `json:"errors,omitempty"`
}

// Sender sends for one account. Send is called by many goroutines at once, but never twice at once for one contact.
type Sender interface {
	// Send sends one canonical message. A text, caption, location or quick reply fits [Carries]; an address and a title have at most
	// 256 UTF-16 units, which is the platform's limit. A content that it does not know it refuses with [outcome.Reject]. The error says
	// what became of the send: see package outcome.
	Send(ctx context.Context, m *messagev1.Message) (Sent, error)
}

// Sent is what the network answered to a message that it took.
type Sent struct {
	// Ref is the network's id for the message; "" if it gives none.
	Ref string
	// Address is the contact's address if the network answered with another one than it was given, such as a number in another
	// spelling; "" if it did not. See [Confirms].Aliases.
	Address string
}

// IdempotencyKey identifies one send to a network that drops repeats, or hands our id back with its receipts. It is the same for every try,
// and different for every part: at most 36 characters of 0-9, a-z and "-". When a message is sent again because the network reported a
// failure after it had taken it, it is a new message to the network and has another key: a letter, from "a" on, counts how often.
func IdempotencyKey(m *messagev1.Message) string {
	key := fmt.Sprintf("%s-%d", m.GetId(), m.GetPart().GetIndex())
	if n := m.GetResent(); n > 0 {
		key += string(rune('a' + (n-1)%26))
	}
	return key
}

// ShortKey is the [IdempotencyKey] for a network that takes fewer than 36 characters: a digest of it, with n characters of 0-9 and a-v. n is
// 13 to 51. With 13, the chance that a key equals a given other one is far below one in a million million.
func ShortKey(m *messagev1.Message, n int) string {
	sum := sha256.Sum256([]byte(IdempotencyKey(m)))
	return shortKeys.EncodeToString(sum[:])[:min(max(n, 13), 51)]
}

// NumberKey is the [IdempotencyKey] for a network that takes a number: a digest of it, from 1 to 2^bits-1. bits is 31 to 63: use as many as
// the network takes. If the network compares a key with n earlier ones, then one message in 2^bits/n is taken for a repeat, and lost.
func NumberKey(m *messagev1.Message, bits int) int64 {
	sum := sha256.Sum256([]byte(IdempotencyKey(m)))
	return max(1, int64(binary.BigEndian.Uint64(sum[:])>>(64-min(max(bits, 31), 63))))
}

var shortKeys = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
