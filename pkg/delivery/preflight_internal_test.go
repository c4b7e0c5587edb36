package delivery

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/account"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/delivery/internal/outcomes"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestPlacesInTheRatesThatPassedInAHoldAreTakenAnew: who had a place and could not go is one of all again. Otherwise all
// whose place has passed would go at once when the hold ends, above what the network allows.
func TestPlacesInTheRatesThatPassedInAHoldAreTakenAnew(t *testing.T) {
	t.Parallel()
	holds := map[string]func(*sender, time.Duration){
		"pause": func(s *sender, d time.Duration) {
			s.gate.Pause(gate.Hold{Why: reason.Paused, Since: time.Now()})
			time.AfterFunc(d, func() {
				s.mu.Lock()
				s.gate.Unpause(time.Now())
				s.mu.Unlock()
				s.goOn()
			})
		},
		"told to wait": func(s *sender, d time.Duration) { s.HoldOff(d, reason.ToldToWait) },
	}
	for name, hold := range holds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSender(nil, &Config{PerChannel: result.Rate{Sends: 10, Per: time.Second, Burst: 1}}, outcomes.NewFinished(), nil, "ch")
				w := &endpoint{account: account.New(result.Rate{})}
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
						if time.Now().After(s.gate.Told().Until) {
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

// TestAMessageSaysBehindWhichItWaited: also where that was for less than a second, as with a network that asks to wait one.
func TestAMessageSaysBehindWhichItWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSender(nil, &Config{}, outcomes.NewFinished(), nil, "ch")
		entry := func(id string) *consume.Entry {
			return &consume.Entry{ID: id + "-0-0", Lane: "lane", Stored: time.Now(), Event: &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{Id: id}}}}
		}
		first := s.message(entry("m1"))
		time.Sleep(28 * time.Millisecond)
		second := entry("m2")
		time.Sleep(972 * time.Millisecond)
		s.headEnded(first)
		e := s.message(second)
		if n := len(e.past.All()); n != 1 {
			t.Fatalf("%d holds are told", n)
		}
		if hold := e.past.All()[0]; hold.GetBehind() != "m1" || hold.GetUntil().AsTime().Sub(hold.GetSince().AsTime()) != 972*time.Millisecond {
			t.Errorf("%v", hold)
		}
	})
}

// TestWhatMayBeSentIsLookedUpBeforeItsPauseIsOver: this process remembers a long pause of a message, and another one has sent it meanwhile.
func TestWhatMayBeSentIsLookedUpBeforeItsPauseIsOver(t *testing.T) {
	t.Parallel()
	const far = "testnet"
	b := bustest.Start(t, far).Connect("egress-testnet")
	s := newSender(b, &Config{Far: far}, outcomes.NewFinished(), nil, "ch")
	outcome := &eventv1.Outcome{Key: "m1-0-0", Channel: "ch", Result: eventv1.Result_RESULT_SENT}
	bustest.Publish(t, b, bus.Post{
		Subject: topology.OutcomeSubject(far, "ch", "m1-0-0"), ID: "o", Body: &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: outcome}},
	})
	e := &message{&consume.Entry{ID: "m1-0-0", Suspect: true}, &history{key: "m1-0-0", due: time.Now().Add(time.Hour)}}
	if next := s.preflight(t.Context(), e); next.Keep {
		t.Errorf("it waits for %s", next.After)
	}
}
