package standin

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Inbox is what was sent, by contact and in order.
type Inbox[K comparable, M any] struct {
	mu       sync.Mutex
	messages map[K][]M
	changed  Signal
}

// Messages is what a contact was sent so far.
func (b *Inbox[K, M]) Messages(to K) []M {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.messages[to])
}

// Wait is like Messages once there are n of them, or an error when the context ends before.
func (b *Inbox[K, M]) Wait(ctx context.Context, to K, n int) ([]M, error) {
	return Wait(ctx, &b.changed, n, func() []M { return b.Messages(to) })
}

// Keep keeps a message.
func (b *Inbox[K, M]) Keep(to K, m M) {
	b.mu.Lock()
	if b.messages == nil {
		b.messages = map[K][]M{}
	}
	b.messages[to] = append(b.messages[to], m)
	b.mu.Unlock()
	b.changed.Tell()
}

// Find is the first message that fits, of any contact.
func (b *Inbox[K, M]) Find(fits func(M) bool) (m M, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, sent := range b.messages {
		if i := slices.IndexFunc(sent, fits); i >= 0 {
			return sent[i], true
		}
	}
	return m, false
}

// Wait looks again at each signal until there are n, or returns what there is with an error when the context ends before.
func Wait[M any](ctx context.Context, changed *Signal, n int, look func() []M) ([]M, error) {
	for {
		next := changed.Next()
		all := look()
		if len(all) >= n {
			return all, nil
		}
		select {
		case <-next:
		case <-ctx.Done():
			return all, fmt.Errorf("%d of %d messages: %w", len(all), n, ctx.Err())
		}
	}
}

// Signal tells all who wait that something has happened.
type Signal struct {
	mu   sync.Mutex
	next chan struct{}
}

// Next is closed by the next Tell.
func (s *Signal) Next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = make(chan struct{})
	}
	return s.next
}

// Tell wakes those who wait now.
func (s *Signal) Tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
		s.next = nil
	}
}

// CallLog has the calls of an API, with what they were answered.
type CallLog[C any] struct {
	mu  sync.Mutex
	all []C
}

// Calls are all calls so far, in the order in which they were answered.
func (c *CallLog[C]) Calls() []C {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// Note notes a call.
func (c *CallLog[C]) Note(call C) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, call)
}
