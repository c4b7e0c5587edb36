package provider

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Network is everything Puente knows about one messaging network. A is its account: a struct of settings whose fields
// carry json names and doc tags, credentials as [Secret].
type Network[A any] struct {
	// Name stands in subjects, URLs and the configuration: lower-case letters and digits, at most 20.
	Name string
	// Doc is the URL of the network's own documentation.
	Doc string
	// Carries says what a message may hold; the translator fits every message to it beforehand.
	Carries Carries
	// Confirms says what the network tells of messages that it took.
	Confirms Confirms
	// Rates says how much the network takes.
	Rates Rates
	// Pages are the vendor's pages about what has no limit.
	Pages Pages
	// Reasons are all that its code says of a message, a file or a set-up; nil where it says nothing of its own. See
	// [reason.Table].
	Reasons *reason.Table
	// Webhook verifies the network's calls; nil where it makes none ([Listener]).
	Webhook *webhook.Policy
	// Abilities are what the network can do besides, each with the type that does it.
	Abilities Abilities
	// Receive reads a verified call, or what was heard, for the channel's account as it is configured now. It is pure: no
	// I/O, no clock, the same events for the same account and call, and no panic on anything. An error means that the call
	// cannot be read at all and goes to the dead letters. It is called by many goroutines at once.
	Receive func(A, webhook.Call) ([]Event, error)
	// Mimic makes a call as the network makes it of a contact's text, with all but its credential, which follows from Webhook
	// ([webhook.Policy.Sign]): for people who try a channel without the network. Method, Suffix, Query, Header and Body are its to set.
	// nil where nobody can make one up. It is pure. [ErrNotCalled] says that the account is not called.
	Mimic func(A, Said) (webhook.Call, error)
	// Open makes the sender of one account. It does no I/O.
	Open func(A, Host) (Sender, error)
	// Validity is how long a message is tried, counted from its acceptance; default 24 h.
	Validity time.Duration
	// SendTimeout bounds one Send, all its requests together; default 30 s.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once; default 64.
	Concurrency int
}

// Pages are the vendor's pages about what is no limit; each may be empty. They are shown beside what they explain.
type Pages struct {
	// Unit says how the vendor counts characters.
	Unit Page `json:"unit,omitempty"`
	// Webhook says how calls are signed, Errors what refusals mean.
	Webhook Page `json:"webhook,omitempty"`
	Errors  Page `json:"errors,omitempty"`
}

// Sender delivers to one account. Send is called by many goroutines at once, but never twice at once for one contact.
type Sender interface {
	// Send delivers one canonical message. A text, caption, location or quick reply fits Carries; an address and a title
	// are as long as the platform lets them be, 256. What it does not know it refuses with [outcome.Reject].
	Send(ctx context.Context, m *messagev1.Message) (Sent, error)
}

// Sent is what the network answered to a message that it took.
type Sent struct {
	// Ref is the network's id for it, "" where it gives none.
	Ref string
	// Address is the contact's where the network answered with another than it was given, and writes from that one: a
	// number that it spells otherwise. "" where it did not. See Confirms.Aliases.
	Address string
}

// IdempotencyKey identifies one send to a network that drops repeats by itself, or hands our id back with its
// receipts: the same for every try, another for every part, at most 36 characters of 0-9, a-z and "-". What is sent again
// after the network took it and told of a failure is another message to it, and has another key: a letter counts how often,
// from "a" on.
func IdempotencyKey(m *messagev1.Message) string {
	key := fmt.Sprintf("%s-%d", m.GetId(), m.GetPart().GetIndex())
	if n := m.GetResent(); n > 0 {
		key += string(rune('a' + (n-1)%26))
	}
	return key
}

// ShortKey is the [IdempotencyKey] for a network that takes fewer characters: a digest of it, n characters of 0-9 and a-v. n is 13
// to 51: of 13 one in a million million may be another message's.
func ShortKey(m *messagev1.Message, n int) string {
	sum := sha256.Sum256([]byte(IdempotencyKey(m)))
	return shortKeys.EncodeToString(sum[:])[:min(max(n, 13), 51)]
}

// NumberKey is the [IdempotencyKey] for a network that takes a number: a digest of it, from 1 to 2^bits-1. bits is 31 to 63, as many as
// the network takes: what is compared with n other keys is taken for one of them once in 2^bits/n, and such a message is lost.
func NumberKey(m *messagev1.Message, bits int) int64 {
	sum := sha256.Sum256([]byte(IdempotencyKey(m)))
	return max(1, int64(binary.BigEndian.Uint64(sum[:])>>(64-min(max(bits, 31), 63))))
}

var shortKeys = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
