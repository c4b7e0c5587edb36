package ingress_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/ingress"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// unsure is a store that never says that a message was stored, whether it was or not.
type unsure struct {
	ingress.Store
	before func(context.Context, bus.Post) // what happens to the message; nil for nothing

	mu sync.Mutex
	id string // of the last message
}

func (s *unsure) Publish(ctx context.Context, p bus.Post) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, _, _ = strings.Cut(p.ID, "-")
	if s.before != nil {
		s.before(ctx, p)
	}
	return 0, bus.ErrFull
}

func (s *unsure) state(t *testing.T, b *bus.Bus) *indexv1.State {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var state indexv1.State
	if _, err := b.Read(t.Context(), topology.StateSubject(custom, s.id), &state); err != nil {
		t.Error(err)
	}
	return &state
}

func TestAMessageThatWasNotStoredIsRefusedAndVoid(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	s := &unsure{}
	e.in.Through(func(real ingress.Store) ingress.Store { s.Store = real; return s })
	began := time.Now()
	a := e.post(custom, textTo("ana", "zanahoria"))
	if a.status != http.StatusServiceUnavailable || time.Since(began) > 5*time.Second {
		t.Errorf("%d after %s", a.status, time.Since(began))
	}
	if strings.Contains(a.refusal(t), s.id) {
		t.Error("the answer names the id of a message that is void")
	}
	if got := s.state(t, e.bus).GetStanding(); got != indexv1.Standing_STANDING_VOID {
		t.Errorf("standing %s", got)
	}
	if log := e.log.String(); strings.Contains(log, "zanahoria") || !strings.Contains(log, s.id) {
		t.Error("the log holds the text, or not the id")
	}
}

func TestAMessageThatWasTakenIsAcceptedThoughItsAnswerWasLost(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	s := &unsure{}
	s.before = func(ctx context.Context, p bus.Post) {
		sequence, err := s.Store.Publish(ctx, p)
		if err == nil { // and the translator took it
			taken := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: sequence}
			_, err = s.Create(ctx, topology.StateSubject(custom, s.id), taken, record.Keep)
		}
		if err != nil {
			t.Error(err)
		}
	}
	e.in.Through(func(real ingress.Store) ingress.Store { s.Store = real; return s })
	if mID := e.post(custom, textTo("ana", "Hola")).mID(t); mID != s.id {
		t.Errorf("answered %s, stored %s", mID, s.id)
	}
	if got := s.state(t, e.bus).GetStanding(); got != indexv1.Standing_STANDING_TAKEN {
		t.Errorf("standing %s", got)
	}
}
