package delivery_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// pause pauses the channel, for ever where until is zero.
func pause(t *testing.T, b *bus.Bus, until time.Time) {
	t.Helper()
	if err := directory.SetPause(t.Context(), b, directory.Pause{Far: far, Channel: channel, Reason: "token rotation", By: "ana", Until: until}); err != nil {
		t.Fatal(err)
	}
}

func resume(t *testing.T, b *bus.Bus) {
	t.Helper()
	if _, held, err := directory.Resume(t.Context(), b, far, channel); err != nil || !held {
		t.Errorf("resume: %t, %v", held, err)
	}
}

// calls is how many tries the network has seen.
func calls(n *network) int { n.Lock(); defer n.Unlock(); return n.Calls }

// standings are what was told of the channel.
func standings(t *testing.T, s *bustest.Server) (all []*eventv1.ChannelChange) {
	t.Helper()
	for _, stored := range s.Stored(topology.Outcomes(far).Name, 0) {
		var e eventv1.Event
		stored.Into(t, &e)
		if c := e.GetChannel(); c != nil {
			all = append(all, c)
		}
	}
	return all
}

// TestAPausedChannelSendsNothingUntilItIsResumed, over a restart too; then everything goes, in order, and not all at once.
func TestAPausedChannelSendsNothingUntilItIsResumed(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	var mu sync.Mutex
	var running int
	var atOnce []int
	n := &network{}
	n.Judge = func(int, *messagev1.Message) result.Result {
		n.Unlock()
		mu.Lock()
		running++
		atOnce = append(atOnce, running)
		mu.Unlock()
		time.Sleep(20 * time.Millisecond)
		mu.Lock()
		running--
		mu.Unlock()
		n.Lock()
		return result.Result{Class: result.Sent}
	}
	pause(t, b, time.Time{})
	stop := start(t, b, config(n))
	const contacts = 40
	for i := range 2 * contacts {
		publish(t, b, post(event(fmt.Sprintf("m%02d", i), fmt.Sprintf("c%d", i%contacts), 0, 1)))
	}
	allWait := func() bool {
		a, err := lane(t, b)
		return err == nil && a.GetWaiting() == 2*contacts && len(a.GetReasons()) == 1 && a.GetReasons()[0].GetWhy().GetCode() == "puente.paused" &&
			a.GetReasons()[0].GetMessages() == 2*contacts && a.GetReasons()[0].GetContacts() == contacts
	}
	eventually(t, "all wait for the pause", allWait)
	stop()
	start(t, s.Connect("egress-testnet"), config(n))
	eventually(t, "the next process knows of the pause", func() bool {
		a, err := lane(t, b)
		return err == nil && a.GetWaiting() == 2*contacts && a.GetHeld().GetCode() == "puente.paused" && a.GetHeld().GetParams()["words"] == "token rotation"
	})
	eventually(t, "all wait for the pause again", allWait)
	if got := calls(n); got != 0 {
		t.Errorf("%d sends while it was paused", got)
	}
	resume(t, b)
	eventually(t, "all are sent", func() bool { return n.Total() == 2*contacts })
	mu.Lock()
	defer mu.Unlock()
	if atOnce[0] != 1 || slices.Max(atOnce[:3]) > 2 || slices.Max(atOnce) < 8 {
		t.Errorf("after the pause so many were sent to at once: %v", atOnce)
	}
	n.Lock()
	defer n.Unlock()
	for c, keys := range n.Took {
		if len(keys) != 2 || !slices.IsSorted(keys) {
			t.Errorf("%s took %v", c, keys)
		}
	}
	var told []string
	eventually(t, "the holds are told", func() bool {
		told = nil
		for _, c := range standings(t, s) {
			told = append(told, c.GetStanding().String()+" "+c.GetNetwork()+" "+c.GetChannel()+" "+c.GetWhy().GetCode())
		}
		return len(told) >= 2
	})
	if want := []string{"CHANNEL_STANDING_HELD testnet ch1 puente.paused", "CHANNEL_STANDING_GOES_ON testnet ch1 "}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	// what held a message up stands in its outcome; nothing was recorded of it meanwhile
	all, last := records(t, s, "m00-0-0")
	if len(all) != 1 || len(last.GetHolds()) != 0 && last.GetHolds()[0].GetWhy().GetCode() != "puente.paused" {
		t.Errorf("records %v, holds %v", all, last.GetHolds())
	}
}

// TestAPauseEndsByItself, and is tidied away.
func TestAPauseEndsByItself(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	until := time.Now().Add(3 * time.Second)
	pause(t, b, until)
	var sentAt time.Time
	n.Judge = func(int, *messagev1.Message) result.Result {
		sentAt = time.Now()
		return result.Result{Class: result.Sent}
	}
	start(t, b, config(n))
	publish(t, b, post(event("m1", "ann", 0, 1)))
	eventually(t, "it is sent", func() bool { return n.Total() == 1 })
	n.Lock()
	if sentAt.Before(until) {
		t.Errorf("it was sent %s before the pause was over", until.Sub(sentAt))
	}
	n.Unlock()
	eventually(t, "nothing is left of the pause", func() bool {
		_, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "pause."+far+"."+channel)
		return errors.Is(err, bus.ErrNotFound)
	})
}

// TestOnlyItsValidityEndsWhatIsPaused: also a credential that is refused, a channel that is removed, and what was sent
// already, are as without a pause.
func TestOnlyItsValidityEndsWhatIsPaused(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	until := time.Now().Add(time.Hour)
	pause(t, b, until)
	d := config(n)
	d.Validity = 2 * time.Second
	d.RemovedAfter = 100 * time.Millisecond
	start(t, b, d)
	publish(t, b, post(event("m1", "ann", 0, 1)))
	eventually(t, "it has expired", func() bool {
		_, last := records(t, s, "m1-0-0")
		return last.GetResult() == eventv1.Result_RESULT_EXPIRED
	})
	_, last := records(t, s, "m1-0-0")
	if len(last.GetHolds()) != 1 || last.GetHolds()[0].GetWhy().GetCode() != "puente.paused" {
		t.Errorf("held by %v", last.GetHolds())
	}
	publish(t, b, post(event("m2", "ann", 0, 1)))
	d.Channels.Set(nil)
	eventually(t, "what was paused ends with its channel", func() bool {
		_, last := records(t, s, "m2-0-0")
		return last.GetResult() == eventv1.Result_RESULT_FAILED
	})
	if got := calls(n); got != 0 {
		t.Errorf("%d sends while it was paused", got)
	}
}

// TestAPauseAndASuspensionTogether: the channel goes on when there is neither, and a paused one is not probed.
func TestAPauseAndASuspensionTogether(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Suspended, Reason: reason.CredentialRefused}
	}}
	d := config(n)
	start(t, b, d)
	for i := range 20 {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i), 0, 1)))
	}
	held := func(code string) func() bool {
		return func() bool { a, err := lane(t, b); return err == nil && a.GetHeld().GetCode() == code }
	}
	eventually(t, "suspended", held("puente.suspended"))
	pause(t, b, time.Time{})
	eventually(t, "paused", held("puente.paused"))
	time.Sleep(100 * time.Millisecond) // what is on the wire ends
	before := calls(n)
	n.Lock()
	n.Judge = nil
	n.Unlock()
	d.Channels.Set([]delivery.Channel{{Network: far, ID: channel, Account: "a", Credentials: "c2", Send: n.Send}})
	time.Sleep(2500 * time.Millisecond) // more than a probe's pause
	if got := calls(n); got != before {
		t.Errorf("%d sends while it was paused", got-before)
	}
	resume(t, b)
	eventually(t, "all are sent", func() bool { return n.Total() == 20 })
	if got := calls(n); got != before+20 {
		t.Errorf("%d sends for 20 messages", got-before)
	}
}

// TestThatAChannelGoesOnIsTold, also where the record that it was held is purged.
func TestThatAChannelGoesOnIsTold(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	start(t, b, config(&network{}))
	pause(t, b, time.Time{})
	eventually(t, "that it is held is told", func() bool { return len(standings(t, s)) == 1 })
	purge(t, b, topology.StandingSubject(far, channel))
	resume(t, b)
	eventually(t, "that it goes on is told", func() bool {
		all := standings(t, s)
		return len(all) == 1 && all[0].GetStanding() == eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON
	})
}
