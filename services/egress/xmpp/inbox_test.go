package xmpp_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// inbox is what a channel has stored.
type inbox struct {
	t *testing.T

	mu     sync.Mutex
	events []provider.Event
	more   chan struct{}
	fails  func(provider.Event) bool // what is not stored; nil for nothing
}

var errFull = errors.New("full")

func newInbox(t *testing.T) *inbox { return &inbox{t: t, more: make(chan struct{})} }

func (b *inbox) store(_ context.Context, _ string, all ...provider.Heard) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range all {
		events, err := receive(b.t, h)
		if err != nil {
			b.t.Errorf("what was heard cannot be read: %v", err)
			continue
		}
		for _, e := range events {
			if e.Unreadable != "" {
				b.t.Errorf("unreadable: %s", e.Unreadable)
			}
			if b.fails != nil && b.fails(e) {
				return errFull
			}
			b.events = append(b.events, e)
		}
	}
	close(b.more)
	b.more = make(chan struct{})
	return nil
}

// waits until something is stored, and returns the first.
func (b *inbox) waits(what string, is func(provider.Event) bool) provider.Event {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for {
		b.mu.Lock()
		at, more := slices.IndexFunc(b.events, is), b.more
		var found provider.Event
		if at >= 0 {
			found = b.events[at]
		}
		b.mu.Unlock()
		if at >= 0 {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
			b.t.Fatalf("the channel waits for %s", what)
		}
	}
}

// texts are the texts that are stored.
func (b *inbox) texts() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e.Content.GetText() != nil {
			all = append(all, e.Content.GetText().GetBody())
		}
	}
	return all
}

// listening listens as the runtime does, again and again, until it is told to end.
func listening(t *testing.T, s provider.Sender, store provider.Store) (end func()) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := s.(provider.Listener).Listen(ctx, "", store)
			if f := outcome.Classify(err); f != nil && f.Class != result.Retry && f.Class != result.Waiting {
				t.Errorf("Listen: %v", err)
			}
			provider.Pause(ctx, 50*time.Millisecond)
		}
	}()
	end = sync.OnceFunc(func() { stop(); <-done })
	t.Cleanup(end)
	return end
}

// sends sends a message as the runtime does: what is told to wait is sent again.
func sends(t *testing.T, s provider.Sender, id, to string, c *messagev1.Content) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		sent, err := s.Send(ctx, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: to}, Content: c})
		if err == nil && sent.Ref != id+"-0" {
			t.Errorf("ref %q", sent.Ref)
		}
		if class(err) != result.Waiting || ctx.Err() != nil {
			return err
		}
		provider.Pause(ctx, 20*time.Millisecond)
	}
}
