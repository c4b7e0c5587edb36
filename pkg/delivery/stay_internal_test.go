package delivery

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestPlacesInTheRatesThatPassedInAHoldAreTakenAnew: who had a place and could not go is one of all again. Otherwise all
// whose place has passed would go at once when the hold ends, above what the network allows.
func TestPlacesInTheRatesThatPassedInAHoldAreTakenAnew(t *testing.T) {
	t.Parallel()
	holds := map[string]func(*sender, time.Duration){
		"pause": func(s *sender, d time.Duration) {
			s.paused = &directory.Pause{Reason: "r", Since: time.Now()}
			time.AfterFunc(d, func() {
				s.mu.Lock()
				s.paused = nil
				s.lifted()
				s.mu.Unlock()
				s.goOn()
			})
		},
		"told to wait": func(s *sender, d time.Duration) { s.holdOff(d, reason.ToldToWait) },
	}
	for name, hold := range holds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSender(nil, &Config{PerChannel: result.Rate{Sends: 10, Per: time.Second, Burst: 1}}, newFinished(), nil, "ch")
				w := &endpoint{account: newAccount(result.Rate{})}
				var waiting []*message
				for i := range 100 {
					e := &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{Contact: &messagev1.Contact{Address: fmt.Sprint(i)}}}}
					waiting = append(waiting, &message{&consume.Entry{Event: e, Lane: consume.Lane(e)}, &history{}})
				}
				// look looks at all that are due, as lanes do, and counts those that go
				look := func() (gone int) {
					var left []*message
					for _, e := range waiting {
						if time.Until(e.due) <= 0 {
							if after, _ := s.admit(e, w); after == 0 {
								gone++
								continue
							}
						}
						left = append(left, e)
					}
					waiting = left
					return gone
				}
				look()
				const held = 5 * time.Second
				hold(s, held)
				for range 300 { // 30 seconds
					gone := 0
					for range 10 {
						time.Sleep(10 * time.Millisecond)
						// a set that was told to wait starts nothing
						if time.Now().After(s.told.until) {
							gone += look()
						}
					}
					if gone > 2 {
						t.Errorf("%d went in a tenth of a second, 1 is allowed", gone)
					}
				}
				if len(waiting) > 0 {
					t.Errorf("%d never went", len(waiting))
				}
			})
		})
	}
}

// TestWhatHeldAMessageUp: in the order in which it was met, each at least a quarter of a second, no more than four, and nothing after it
// was tried.
func TestWhatHeldAMessageUp(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds float64) time.Time {
		return began.Add(time.Duration(seconds * float64(time.Second)))
	}
	told := func(h *holds) (all []string) {
		for _, one := range h.all {
			all = append(all, fmt.Sprintf("%s %s-%s %s", one.GetWhy().GetCode(), one.GetSince().AsTime().Sub(began), one.GetUntil().AsTime().Sub(began), one.GetBehind()))
		}
		return all
	}
	var h holds
	h.add(reason.Behind, at(0), at(10), "m1")
	h.add(reason.Behind, at(0), at(0.2), "too short")
	h.met(stay{why: reason.Suspended, since: at(-100)}, at(0), at(10)) // it began before the message came, and before it was the first
	h.met(stay{why: reason.Suspended, since: at(-100)}, at(0), at(15))
	h.met(stay{why: reason.Paused, since: at(20)}, at(0), at(21))
	h.met(stay{why: reason.ChannelRate}, at(0), at(30))
	h.met(stay{why: reason.StoreFull}, at(0), at(30.2))
	h.begin(at(33))
	h.met(stay{why: reason.Paused}, at(0), at(40)) // it was tried before
	h.end(at(50))
	if diff := cmp.Diff([]string{
		"puente.behind 0s-10s m1", "puente.suspended 10s-21s ", "puente.paused 21s-30s ", "puente.store_full 30.2s-33s ",
	}, told(&h)); diff != "" {
		t.Error(diff)
	}
	var many holds
	for i := range 10 {
		many.met(stay{why: []reason.Reason{reason.Paused, reason.Suspended}[i%2]}, at(0), at(float64(10*i)))
	}
	if n := len(many.all); n != holdsKept {
		t.Errorf("%d holds are told, want %d", n, holdsKept)
	}
}

// TestAMessageSaysBehindWhichItWaited: also where that was for less than a second, as with a network that asks to wait one.
func TestAMessageSaysBehindWhichItWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSender(nil, &Config{}, newFinished(), nil, "ch")
		entry := func(id string) *consume.Entry {
			return &consume.Entry{ID: id + "-0-0", Lane: "lane", Stored: time.Now(), Event: &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{Id: id}}}}
		}
		first := s.message(entry("m1"))
		time.Sleep(28 * time.Millisecond)
		second := entry("m2")
		time.Sleep(972 * time.Millisecond)
		s.headEnded(first)
		e := s.message(second)
		if n := len(e.past.all); n != 1 {
			t.Fatalf("%d holds are told", n)
		}
		if hold := e.past.all[0]; hold.GetBehind() != "m1" || hold.GetUntil().AsTime().Sub(hold.GetSince().AsTime()) != 972*time.Millisecond {
			t.Errorf("%v", hold)
		}
	})
}

// TestALongOutageIsRecordedFewTimes: a message that is tried every five minutes for a day tells of it a dozen times.
func TestALongOutageIsRecordedFewTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, reasons := range map[string][]string{"one reason": {"a"}, "two by turns": {"a", "b"}, "ever another": {"a", "b", "c", "d", "e"}} {
		var n noted
		times := 0
		for i := range 24 * 60 {
			if code := reasons[i%len(reasons)]; n.due(code, now) {
				n.told(code, now)
				times++
			}
			now = now.Add(time.Minute)
		}
		if times < 2 || times > 12+noteChanges {
			t.Errorf("%s: recorded %d times", name, times)
		}
	}
}
