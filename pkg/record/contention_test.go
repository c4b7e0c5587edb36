package record_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A state that this index wrote is advanced without being read. One that another process has changed is refused, and read.
func TestAStateIsAdvancedFromTheCache(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	claim(t, ix, 7, message("m1", 0))
	advance(t, ix, "m1", record.News{Status: sent, Sequence: 20})
	if s.reads != 0 {
		t.Errorf("it was read %d times", s.reads)
	}
	next, err := ix.Advance(t.Context(), channel, "m1", record.News{Status: delivered, Sequence: 21})
	if err != nil {
		t.Fatal(err)
	}
	other := record.New(s.Store)
	advance(t, other, "m1", record.News{Status: read, Sequence: 22})
	if err := ix.Commit(t.Context(), next); !errors.Is(err, bus.ErrConflict) || !strings.Contains(err.Error(), "m1") {
		t.Errorf("the commit: %v", err)
	}
	if got := advance(t, ix, "m1", record.News{Status: delivered, Sequence: 21}); got != record.Ignore {
		t.Errorf("decided anew: %d", got)
	}
	if s.reads == 0 || s.state(t, "m1").GetStatus() != read {
		t.Errorf("%d reads, %v", s.reads, s.state(t, "m1"))
	}
}

// A change that is not committed leaves nothing behind: the history of its news could not be written, and it comes again.
func TestAChangeThatIsNotCommittedIsForgotten(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	claim(t, ix, 7, message("m1", 0), text("ho"), text("la"))
	if next, err := ix.Advance(t.Context(), channel, "m1", record.News{Part: 0, Status: sent, Sequence: 20}); next.Effect != record.Write || err != nil {
		t.Fatal(next.Effect, err)
	}
	if got := advance(t, ix, "m1", record.News{Part: 1, Status: sent, Sequence: 21}); got != record.Write {
		t.Errorf("the other part: effect %d", got)
	}
	if got := advance(t, ix, "m1", record.News{Part: 0, Status: sent, Sequence: 20}); got != record.WriteAndTell {
		t.Errorf("the same news again: effect %d", got)
	}
}

// News of what this index does not remember has no effect, and writes nothing.
func TestNewsOfWhatIsNotRemembered(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	if got := advance(t, ix, "m1", record.News{Status: sent, Sequence: 20}); got != record.Ignore || s.replaces != 0 {
		t.Errorf("%d, %d writes", got, s.replaces)
	}
}

// A record that others change again and again is read again a few times, and then it is an error that says which.
func TestARecordThatIsAlwaysChangedIsAnError(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	m := message("m1", 0)
	claim(t, ix, 7, m)
	s.put(t, topology.SeenSubject(network, channel, "i1"), &indexv1.Seen{})
	s.before = func(subject string) {
		if strings.HasPrefix(subject, "state.") {
			s.put(t, subject, s.state(t, "m1"))
		} else {
			s.put(t, subject, &indexv1.Seen{})
		}
	}
	before := s.replaces
	if _, _, err := ix.ReplayOutbound(t.Context(), m, []record.Given{{}}); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("replay: %v", err)
	}
	if n := s.replaces - before; n < 2 || n > 20 {
		t.Errorf("%d tries", n)
	}
	if _, err := ix.ClaimInbound(t.Context(), 7, message("i1", 1)); !errors.Is(err, bus.ErrConflict) || !strings.Contains(err.Error(), "i1") {
		t.Errorf("claim: %v", err)
	}
	// once they leave it alone it goes on
	changes := 3
	s.before = func(subject string) {
		if changes--; changes > 0 {
			s.put(t, subject, &indexv1.Seen{})
		}
	}
	if r, err := ix.ReplayInbound(t.Context(), message("i1", 0)); r != record.ReplayStarted || err != nil {
		t.Errorf("replay: %d, %v", r, err)
	}
}

// Two that create a record at once can both be refused while there is nothing yet: each tries again.
func TestACreateThatIsRefusedForNothing(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	s.refuse = 2
	if taken, err := ix.Void(t.Context(), channel, "m1"); taken || err != nil || s.creates != 3 {
		t.Errorf("%t, %v after %d tries", taken, err, s.creates)
	}
	s.creates, s.refuse = 0, 1000
	if _, err := ix.Void(t.Context(), channel, "m2"); !errors.Is(err, bus.ErrConflict) || s.creates > 20 {
		t.Errorf("%v after %d tries", err, s.creates)
	}
}

// Of many processes that claim, void or replay a message at once, one has it.
func TestOfManyAtOnceOneHasIt(t *testing.T) {
	t.Parallel()
	_, s := newIndex(t)
	const processes = 8
	ask := func(f func(ix *record.Index, i int) bool) (yes int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for i := range processes {
			wg.Go(func() {
				if f(record.New(s.Store), i) {
					mu.Lock()
					defer mu.Unlock()
					yes++
				}
			})
		}
		wg.Wait()
		return yes
	}
	claims := ask(func(ix *record.Index, i int) bool {
		out, err := ix.ClaimOutbound(t.Context(), uint64(i+1), message("m1", 0), []*messagev1.Content{text("hola")})
		return err == nil && out.Claim == record.Fresh
	})
	replays := ask(func(ix *record.Index, _ int) bool {
		r, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []record.Given{{}})
		return err == nil && r == record.ReplayStarted
	})
	admissions := ask(func(ix *record.Index, i int) bool {
		a, err := ix.Admit(t.Context(), network, channel, "credential", string(rune('a'+i)), time.Hour)
		return err == nil && !a.Another
	})
	if claims != 1 || replays != 1 || admissions != 1 {
		t.Errorf("%d claims, %d replays, %d admissions", claims, replays, admissions)
	}
}
