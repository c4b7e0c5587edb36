package provider

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
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
