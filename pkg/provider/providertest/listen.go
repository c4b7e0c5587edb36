package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// ear is a store that remembers, and fails when it is told to.
type ear struct {
	stored []stored
	// failAt is the call that fails, counted from 1; 0 for none.
	failAt int
	failed func() // is told so
	after  int    // calls after the one that failed
}

// stored is one call of the store.
type stored struct {
	cursor string
	heard  []provider.Heard
}

var errNotStored = errors.New("not stored")

func (e *ear) store(ctx context.Context, cursor string, heard ...provider.Heard) error {
	switch {
	case e.failAt > 0 && len(e.stored) >= e.failAt-1:
		if e.failed != nil {
			e.failed()
			e.failed = nil
		} else {
			e.after++
		}
		return errNotStored
	case ctx.Err() != nil:
		return ctx.Err()
	}
	e.stored = append(e.stored, stored{cursor, heard})
	return nil
}

// patience is how long a network may take to end with its context.
var patience = 10 * time.Second

var errDeaf = provider.Temporary("Listen does not end with its context", nil)

// listen plays the network until it returns, or until the stand-in holds a request: that is the context's end.
func (s *stage) listen(ctx context.Context, cursor string) error {
	l, ok := s.sender.(provider.Listener)
	if !ok || !l.Listens() {
		return errUnable
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.server.onHold(stop)
	defer s.server.onHold(nil)
	e, done := s.heard, make(chan error, 1)
	go func() {
		var err error
		if panicked := guard(func() { err = l.Listen(ctx, cursor, e.store) }); panicked != nil {
			err = panicked
		}
		done <- err
	}()
	select {
	case err := <-done:
		return unlessEnded(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return unlessEnded(ctx, err)
	case <-time.After(patience):
		s.heard = &ear{} // the other one still has the first
		return errDeaf
	}
}

// unlessEnded is the error of a Listen that was not told to end.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// outcome renders what was stored, each call as Receive reads it, and what ended it.
func (e *ear) outcome(r reporter, s *stage, err error) string {
	r.Helper()
	v := map[string]any{}
	if err != nil {
		maps.Copy(v, failure(err))
	}
	var all []any
	for _, one := range e.stored {
		var heard []any
		for _, h := range one.heard {
			call := webhook.Call{Suffix: h.Suffix, Body: h.Body}
			if policy := s.network.Describe().Webhook; policy != nil {
				if key := policy.Dedupe.Find(call); key != "" && key != h.Key {
					r.Errorf("listen.json: a call is heard as %q, and as a webhook's it is %q", h.Key, key)
				}
			}
			heard = append(heard, map[string]any{"key": h.Key, "events": json.RawMessage(s.read(r, "what was heard as "+h.Key, call))})
		}
		all = append(all, map[string]any{"cursor": one.cursor, "heard": heard})
	}
	if all != nil {
		v["stored"] = all
	}
	return indent(v)
}

// listening holds who listens to the rules: the conversation again, each time with a store that fails at another call.
func (s *stage) listening(r reporter, a *act) {
	r.Helper()
	whole, ok := s.hear(r, a, 0)
	if !ok {
		return
	}
	cursor, trailing := "", 0
	for _, one := range whole.stored {
		if trailing += len(one.heard); one.cursor != "" {
			cursor, trailing = one.cursor, 0
		}
	}
	if cursor != "" && trailing > 0 {
		r.Errorf("listen.json: the cursor is moved before what it covers is stored")
	}
	for failAt := 1; failAt <= len(whole.stored); failAt++ {
		if e, ok := s.hear(r, a, failAt); ok && e.after > 0 {
			r.Errorf("listen.json: stores on after what could not be stored")
		}
	}
}

// hear plays a listen.json for itself.
func (s *stage) hear(r reporter, a *act, failAt int) (*ear, bool) {
	r.Helper()
	fresh, err := s.again()
	if err != nil {
		r.Errorf("listen.json: %v", err)
		return nil, false
	}
	defer fresh.close()
	var in struct {
		Cursor string `json:"cursor"`
	}
	if json.Unmarshal([]byte(fresh.fill(a.input)), &in) != nil {
		return nil, false // reported
	}
	asked := 0
	fresh.heard = &ear{failAt: failAt, failed: func() { asked = fresh.server.asked() }}
	fresh.server.expect(a.answers)
	ctx, cancel := context.WithTimeout(context.Background(), actTimeout)
	defer cancel()
	e := fresh.heard
	err = fresh.listen(ctx, in.Cursor)
	switch {
	case errors.Is(err, errDeaf):
		return nil, false // reported
	case failAt == 0 || e.failed != nil:
		return e, true
	case fresh.server.asked() > asked:
		r.Errorf("listen.json: asks the network on after what was heard could not be stored")
	case !errors.Is(err, errNotStored):
		r.Errorf("listen.json: what could not be stored is not its error, but %v", err)
	}
	return e, true
}
