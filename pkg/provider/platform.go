package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

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
