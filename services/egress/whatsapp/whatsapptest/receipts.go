package whatsapptest

import (
	"context"
	"net/http"
	"time"
)

// Receipts is how messages that are taken get their receipts. The zero value tells none.
type Receipts struct {
	// Statuses are told in this order, which need not be the right one: "sent", "delivered", "read", "failed".
	Statuses []string
	// Code goes with "failed".
	Code int
	// Early tells them before the message is answered.
	Early bool
	// After tells them so much later.
	After time.Duration
	// Times is how often each is told; 0 means once.
	Times int
	// Together tells all of them in one call.
	Together bool
}

// Receipts says how messages get their receipts from now on.
func (s *Server) Receipts(r Receipts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receipts = r
}

// receipt is what happens before, or after, a message is answered. The lock is held.
func (s *Server) receipt(m Message) (early, after func()) {
	r := s.receipts
	if len(r.Statuses) == 0 {
		return nil, nil
	}
	if r.Early {
		return func() { s.tell(s.ctx, m, r) }, nil
	}
	s.later.Add(1)
	return nil, func() {
		go func() {
			defer s.later.Done()
			select {
			case <-time.After(r.After):
				s.tell(s.ctx, m, r)
			case <-s.ctx.Done():
			}
		}()
	}
}

// tries is how often a call is made that is not answered 200, as Meta repeats them.
const tries = 100

func (s *Server) tell(ctx context.Context, m Message, r Receipts) {
	var all []Change
	for _, status := range r.Statuses {
		code := 0
		if status == "failed" {
			code = r.Code
		}
		all = append(all, Status(m, status, code))
	}
	calls := [][]Change{all}
	if !r.Together {
		calls = nil
		for _, one := range all {
			calls = append(calls, []Change{one})
		}
	}
	for _, call := range calls {
		for range max(r.Times, 1) {
			s.insist(ctx, call)
		}
	}
}

// insist delivers until it is taken.
func (s *Server) insist(ctx context.Context, call []Change) {
	for range tries {
		if status, err := s.Deliver(ctx, call...); err == nil && status == http.StatusOK {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}
