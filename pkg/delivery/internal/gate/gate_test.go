package gate

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/reason"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const patience = 10 * time.Second

// TestAChannelGoesOnWhenNothingHoldsIt: each hold ends by its own end alone, and a message is told of the first of them.
func TestAChannelGoesOnWhenNothingHoldsIt(t *testing.T) {
	t.Parallel()
	g := New()
	held := func(now time.Time) string {
		wait, h := g.Wait("ann", now, patience, false)
		if (wait > 0) != !h.Why.IsZero() {
			t.Errorf("it waits for %s because of %q", wait, h.Why)
		}
		return h.Why.Code()
	}
	for i := range 5 {
		g.Failed(string(rune('a'+i)), began)
	}
	g.Suspend(Suspension{Reason: reason.CredentialRefused, Since: began}, began)
	g.Pause(Hold{reason.Paused.Quoting("token rotation"), began, time.Time{}})
	if got := held(began); got != reason.Paused.Code() {
		t.Errorf("held by %q, want the pause", got)
	}
	if !g.Unpause(began) || g.Unpause(began) {
		t.Error("a pause ends once")
	}
	if got := held(began); got != reason.Suspended.Code() {
		t.Errorf("held by %q, want the suspension", got)
	}
	if !g.Resume(began) || g.Resume(began) {
		t.Error("a suspension ends once")
	}
	if got := held(began); got != reason.DoesNotAnswer.Code() {
		t.Errorf("held by %q, want the breaker", got)
	}
	if !g.Answered("a", began) {
		t.Error("the breaker is open after an answer")
	}
	if got := held(began); got != "" {
		t.Errorf("held by %q, want nothing", got)
	}
}

// TestOneMessageProbesASuspendedChannel: one at a time, ever rarer, and who was refused lets others go first.
func TestOneMessageProbesASuspendedChannel(t *testing.T) {
	t.Parallel()
	g := New()
	g.Refused("ann", false)
	g.Suspend(Suspension{Since: began}, began)
	now := began
	for i, pause := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if wait, _ := g.Wait("bob", now, patience, true); wait != pause {
			t.Fatalf("probe %d comes after %s, want %s", i, wait, pause)
		}
		now = now.Add(pause)
		if wait, _ := g.Wait("ann", now, patience, true); wait != 2*stepAside {
			t.Errorf("who was refused lets others go first for %s", wait)
		}
		if wait, _ := g.Wait("bob", now, patience, true); wait != 0 {
			t.Errorf("it probes after %s", wait)
		}
		if wait, _ := g.Wait("cid", now, patience, true); wait <= 0 {
			t.Error("two probe at once")
		}
		g.Asked()
	}
	g.Resume(now)
	if wait, _ := g.Wait("ann", now, patience, true); wait != 0 {
		t.Errorf("it waits for %s after the suspension", wait)
	}
}

// TestAPlacePassesInAHold, whatever held the channel; one for later does not.
func TestAPlacePassesInAHold(t *testing.T) {
	t.Parallel()
	end := began.Add(time.Minute)
	for name, hold := range map[string]func(*Gate){
		"pause":        func(g *Gate) { g.Pause(Hold{Since: began}); g.Unpause(end) },
		"suspension":   func(g *Gate) { g.Suspend(Suspension{}, began); g.Resume(end) },
		"told to wait": func(g *Gate) { g.Tell(reason.ToldToWait, began, end) },
		"told before":  func(g *Gate) { g.Await(Hold{reason.ToldToWait, began, end}) },
		"failures": func(g *Gate) {
			for i := range 5 {
				g.Failed(string(rune('a'+i)), began)
			}
			g.Answered("a", end)
		},
	} {
		g := New()
		if g.Passed(began) {
			t.Errorf("%s: a place has passed before", name)
		}
		hold(&g)
		if !g.Passed(began.Add(time.Second)) || g.Passed(end.Add(time.Second)) {
			t.Errorf("%s: the places that passed are not those in the hold", name)
		}
	}
}

// TestOfTwoWaitsTheLaterStands: it began with the first of them, where that was not over.
func TestOfTwoWaitsTheLaterStands(t *testing.T) {
	t.Parallel()
	g := New()
	g.Tell(reason.ToldToWait, began, began.Add(time.Minute))
	g.Tell(reason.ChannelRate, began.Add(time.Second), began.Add(2*time.Second))
	if h := g.Held(began.Add(time.Second)); h.Until != began.Add(time.Minute) || h.Why.Code() != reason.ToldToWait.Code() {
		t.Errorf("held by %v", h)
	}
	g.Tell(reason.ToldToWait, began.Add(time.Second), began.Add(time.Hour))
	if h := g.Held(began.Add(time.Second)); h.Since != began || h.Until != began.Add(time.Hour) {
		t.Errorf("held by %v", h)
	}
	if h := g.Held(began.Add(time.Hour)); !h.Why.IsZero() || !g.Fresh(began.Add(time.Hour)) {
		t.Errorf("held by %v after its end", h)
	}
}
