package stage

import (
	"context"
	"errors"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/reason"
)

// Ear is a store that remembers, and fails when it is told to.
type Ear struct {
	Stored []Stored
	// FailAt is the call that fails, counted from 1; 0 for none.
	FailAt int
	// Failed is told so, once.
	Failed func()
	// After counts the calls after the one that failed.
	After int
}

// Stored is one call of the store.
type Stored struct {
	Cursor string
	Heard  []provider.Heard
}

// ErrNotStored is what a store answers that fails.
var ErrNotStored = errors.New("not stored")

func (e *Ear) store(ctx context.Context, cursor string, heard ...provider.Heard) error {
	switch {
	case e.FailAt > 0 && len(e.Stored) >= e.FailAt-1:
		if e.Failed != nil {
			e.Failed()
			e.Failed = nil
		} else {
			e.After++
		}
		return ErrNotStored
	case ctx.Err() != nil:
		return ctx.Err()
	}
	e.Stored = append(e.Stored, Stored{cursor, heard})
	return nil
}

// patience is how long a network may take to end with its context.
var patience = 10 * time.Second

// ErrDeaf is what a Listen is at that does not end with its context.
var ErrDeaf = outcome.Temporary(reason.Untranslated("Listen does not end with its context"), nil)

// Listen plays the network until it returns, or until the stand-in holds a request: that is the context's end.
func (s *Stage) Listen(ctx context.Context, cursor string) error {
	l, ok := s.Sender.(provider.Listener)
	if !ok || !l.Listens() {
		return ErrUnable
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.Server.OnHold(stop)
	defer s.Server.OnHold(nil)
	e, done := s.Heard, make(chan error, 1)
	go func() {
		var err error
		if panicked := Guard(func() { err = l.Listen(ctx, cursor, e.store) }); panicked != nil {
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
		s.Heard = &Ear{} // the other one still has the first
		return ErrDeaf
	}
}

// listening has a network that sends over what it hears by be listened to beside a message, and returns what ends that.
func (s *Stage) listening(r Reporter, ctx context.Context, a *conversation.Act) (end func()) {
	l, ok := s.Sender.(provider.Listener)
	if !s.Duplex || a.Name != "message.json" || !ok || !l.Listens() {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		var err error
		if panicked := Guard(func() { err = l.Listen(ctx, "", (&Ear{}).store) }); panicked != nil {
			err = panicked
			r.Errorf("%s: Listen: %v", a.Name, panicked)
		}
		done <- err
	}()
	synctest.Wait() // it is connected, or has failed
	return func() {
		stop()
		select {
		case err := <-done:
			s.Discreet(r, a.Name+": Listen", err)
			Quotes(r, a.Name+": Listen", err)
		case <-time.After(patience):
			r.Errorf("%s: %v", a.Name, ErrDeaf)
			s.Server.close() // what still runs ends with its connection
			<-done
		}
	}
}

// unlessEnded is the error of a Listen that was not told to end.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
