package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Driver is a [Network] or a [Platform] without its account type, so that different ones fit into one list. Package runtime runs it. Only
// these two types implement it.
type Driver interface {
	// Describe is what the network declares.
	Describe() Description
	// Validate joins all mistakes of the declaration. It is called when the network's service starts, and by the kit.
	Validate() error
	// CheckAccount lists the mistakes of an account, the JSON object of the configuration. Every error names its field; none quotes a
	// value.
	CheckAccount(account json.RawMessage) []error
	// Bind reads an account, the JSON object of the configuration. It does no I/O.
	Bind(account json.RawMessage) (Bound, error)
}

// Bound is a network with one account, for whoever runs it. It is safe for concurrent use.
type Bound struct {
	// Identity names the account whose rates count, see [Identity].
	Identity string
	// Agreed is what the account's contract allows, see [Agreed].
	Agreed Agreement
	// Claim is what no other channel of the network can have, see [Exclusive].
	Claim Claim
	// Receive reads a call, see [Network].Receive; nil if there is nothing to read.
	Receive func(webhook.Call) ([]Event, error)
	// Mimic makes up a call, see [Network].Mimic; nil if the network cannot.
	Mimic func(Said) (webhook.Call, error)
	// Open makes the sender; that of a platform is a [PlatformSender]. It fails if the sender has other abilities than the network
	// declares.
	Open func(Host) (Sender, error)
}

// Description is what a network declares of itself; the bucket NETWORKS holds it as JSON.
type Description struct {
	// Name, Doc, Carries, Confirms, Rates, Pages and Webhook are those of [Network].
	Name     string          `json:"name"`
	Doc      string          `json:"doc,omitempty"`
	Carries  Carries         `json:"carries"`
	Confirms Confirms        `json:"confirms"`
	Rates    Rates           `json:"rates"`
	Pages    Pages           `json:"pages"`
	Webhook  *webhook.Policy `json:"webhook,omitempty"`
	// Listens is true if the network has a [Listener].
	Listens bool `json:"listens,omitempty"`
	// Fields are the account's, in the order of its struct.
	Fields []Field `json:"fields"`
	// Validity, SendTimeout and Concurrency have their defaults filled in; the times are nanoseconds in JSON.
	Validity    time.Duration `json:"validity"`
	SendTimeout time.Duration `json:"send_timeout"`
	Concurrency int           `json:"concurrency"`
	// Reasons are those of [Network]. They are not stored: a stored reason holds its sentences itself.
	Reasons *reason.Table `json:"-"`
	// Platform is true for a [Platform].
	Platform bool `json:"platform,omitempty"`
	// Abilities are the optional abilities that the network has, by their names in [Abilities].
	Abilities []string `json:"abilities,omitempty"`
	// Receives is true if the network has a Receive.
	Receives bool `json:"receives,omitempty"`
}

// Describe implements [Driver].
func (n Network[A]) Describe() Description {
	return Description{
		Name: n.Name, Doc: n.Doc, Carries: n.Carries, Confirms: n.Confirms, Rates: n.Rates, Pages: n.Pages, Webhook: n.Webhook,
		Listens: n.Abilities.Listener != nil, Receives: n.Receive != nil, Abilities: n.Abilities.names(),
		Validity: cmp.Or(n.Validity, 24*time.Hour), SendTimeout: cmp.Or(n.SendTimeout, 30*time.Second), Concurrency: cmp.Or(n.Concurrency, 64),
		Fields: fields(reflect.TypeFor[A]()), Reasons: n.Reasons,
	}
}

// Validate implements [Driver].
func (n Network[A]) Validate() error {
	errs := []error{n.Describe().Validate(), n.Abilities.check(reflect.TypeFor[A]())}
	if n.Open == nil {
		errs = append(errs, errors.New("Open is missing"))
	}
	return errors.Join(errs...)
}

// CheckAccount implements [Driver].
func (n Network[A]) CheckAccount(raw json.RawMessage) []error {
	return checkAccount[A](n.Describe(), raw)
}

// Bind implements [Driver]. What it returns is kept for each channel: it holds the account and the functions that it calls, not the
// whole declaration, which is some kilobytes.
func (n Network[A]) Bind(raw json.RawMessage) (Bound, error) {
	a, err := readAccount[A](raw)
	if err != nil {
		return Bound{}, err
	}
	b := Bound{Identity: identityOf(a, raw), Agreed: agreedOf(a), Claim: claimOf(a), Open: opening(n.Open, n.Abilities, a, raw)}
	if mimic := n.Mimic; mimic != nil {
		b.Mimic = func(s Said) (webhook.Call, error) { return mimic(a, s) }
	}
	if receive := n.Receive; receive != nil {
		b.Receive = func(c webhook.Call) ([]Event, error) { return receive(a, c) }
	}
	return b, nil
}

// opening opens an account with a network's Open, and holds the sender against what the network declares.
func opening[A any](open func(A, Host) (Sender, error), abilities Abilities, a A, raw json.RawMessage) func(Host) (Sender, error) {
	return func(h Host) (Sender, error) {
		s, err := open(a, h.whole(raw))
		if err != nil {
			return nil, err
		}
		if err := abilities.match(s); err != nil {
			return nil, err
		}
		return s, nil
	}
}

// Platform is the other side of the bridge, where agents write. It serves all channels, of all networks, and is told of messages, echoes
// and receipts. A is its account, like that of a [Network]: what stands under platform in the configuration.
type Platform[A any] struct {
	// Name names the platform in subjects and the configuration: lower-case letters and digits, at most 20.
	Name string
	// Doc is the URL of the platform's own documentation.
	Doc string
	// Open makes the sender of one account. It does no I/O.
	Open func(A, Host) (PlatformSender, error)
	// Validity is how long a message is tried, counted from its acceptance; default 24 h.
	Validity time.Duration
	// SendTimeout bounds one SendEvent, all its requests together; default 30 s.
	SendTimeout time.Duration
	// Concurrency is how many contacts of one channel are sent to at once; default 64.
	Concurrency int
}

// PlatformSender is the [Sender] of a platform.
type PlatformSender interface {
	Sender
	// SendEvent delivers a message, an echo or a receipt. Its errors are those of Send, and it is called as Send is: by many
	// goroutines at once, never twice at once for one contact.
	SendEvent(ctx context.Context, e *eventv1.Event) error
}

// Describe implements [Driver].
func (p Platform[A]) Describe() Description {
	return Description{
		Name: p.Name, Doc: p.Doc, Platform: true, Fields: fields(reflect.TypeFor[A]()),
		Validity: cmp.Or(p.Validity, 24*time.Hour), SendTimeout: cmp.Or(p.SendTimeout, 30*time.Second), Concurrency: cmp.Or(p.Concurrency, 64),
	}
}

// Validate implements [Driver].
func (p Platform[A]) Validate() error {
	if p.Open == nil {
		return errors.Join(p.Describe().Validate(), errors.New("Open is missing"))
	}
	return p.Describe().Validate()
}

// CheckAccount implements [Driver].
func (p Platform[A]) CheckAccount(raw json.RawMessage) []error {
	return checkAccount[A](p.Describe(), raw)
}

// Bind implements [Driver].
func (p Platform[A]) Bind(raw json.RawMessage) (Bound, error) {
	a, err := readAccount[A](raw)
	if err != nil {
		return Bound{}, err
	}
	open := p.Open
	return Bound{Identity: identityOf(a, raw), Open: func(h Host) (Sender, error) { return open(a, h.whole(raw)) }}, nil
}
