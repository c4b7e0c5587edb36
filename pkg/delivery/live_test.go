package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// lane asks the process that sends for the channel.
func lane(t *testing.T, b *bus.Bus, ids ...string) (*livev1.LaneAnswer, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var a livev1.LaneAnswer
	err := rpc.Call(ctx, b, topology.LaneSubject(far, channel), &livev1.LaneQuestion{Ids: ids}, &a)
	return &a, err
}

// placesOf are the places of an answer, by id and part, in short.
func placesOf(a *livev1.LaneAnswer) map[string]string {
	all := map[string]string{}
	for _, p := range a.GetPlaces() {
		all[fmt.Sprintf("%s-%d", p.GetId(), p.GetPart())] = fmt.Sprintf("%d/%d %s %s sending=%t tries=%d next=%t",
			p.GetPosition(), p.GetLength(), p.GetBehind(), p.GetWhy().GetCode(), p.GetSending(), p.GetAttempts(), p.GetNextTry() != nil)
	}
	return all
}

func expectPlaces(t *testing.T, b *bus.Bus, want map[string]string) *livev1.LaneAnswer {
	t.Helper()
	ids := map[string]bool{}
	for key := range want {
		id, _, _ := strings.Cut(key, "-")
		ids[id] = true
	}
	asked := []string{"unknown"}
	for id := range ids {
		asked = append(asked, id)
	}
	var a *livev1.LaneAnswer
	eventually(t, fmt.Sprintf("places %v", want), func() bool {
		var err error
		a, err = lane(t, b, asked...)
		return err == nil && fmt.Sprint(placesOf(a)) == fmt.Sprint(want)
	})
	return a
}

// TestWhereMessagesStand: the process that sends for a channel says why each waits, behind which, and until when.
func TestWhereMessagesStand(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	asking := s.Connect("control")
	if _, err := lane(t, asking); !errors.Is(err, rpc.ErrNobody) {
		t.Errorf("nobody sends for the channel: %v", err)
	}
	hold := make(chan struct{})
	n := &network{}
	n.Judge = func(_ int, m *messagev1.Message) result.Result {
		switch m.GetContact().GetAddress() {
		case "told":
			return result.Result{Class: result.Waiting, After: time.Hour, Reason: reason.ToldToWait.With("after", "1h")}
		case "fails":
			return result.Result{Class: result.Retry, After: time.Hour, Reason: reason.OutOfOrder}
		case "hangs":
			n.Unlock()
			defer n.Lock()
			<-hold
		}
		return result.Result{Class: result.Sent}
	}
	d := config(n)
	d.SendTimeout = time.Hour
	d.PerAccount = result.Rate{Sends: 600, Per: time.Minute}
	stop := start(t, b, d)
	defer stop()
	defer close(hold)
	for _, p := range []struct{ id, contact string }{{"told1", "told"}, {"told2", "told"}, {"told3", "told"}, {"fails1", "fails"}, {"hangs1", "hangs"}, {"hangs2", "hangs"}} {
		publish(t, b, post(event(p.id, p.contact, 0, 1)))
	}
	var parts []bus.Post
	for i := range uint32(2) {
		parts = append(parts, post(event("split", "told", i, 2)))
	}
	if err := b.PublishAll(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	a := expectPlaces(t, asking, map[string]string{
		"told1-0":  "1/5  puente.told_to_wait sending=false tries=0 next=true",
		"told3-0":  "3/5 told1 puente.told_to_wait sending=false tries=0 next=true",
		"split-0":  "4/5 told1 puente.told_to_wait sending=false tries=0 next=true",
		"split-1":  "5/5 told1 puente.told_to_wait sending=false tries=0 next=true",
		"fails1-0": "1/1  puente.out_of_order sending=false tries=1 next=true",
		"hangs1-0": "1/2   sending=true tries=0 next=false",
		"hangs2-0": "2/2 hangs1  sending=false tries=0 next=false",
	})
	if a.GetInstance() != b.Instance() || a.GetWaiting() != 8 || a.GetHeld() != nil || a.GetOldest() == nil ||
		a.GetFirstEnds().AsTime().Sub(a.GetOldest().AsTime()) != d.Validity {
		t.Errorf("%v", a)
	}
	if a.GetPerSecond() != 10 || a.GetTokens() <= 0 || a.GetTokens() > 600 {
		t.Errorf("%v tokens, %v a second", a.GetTokens(), a.GetPerSecond())
	}
	if a.GetDue() != 2 || a.GetOldestDue() == nil || a.GetConcurrency() != uint32(d.Concurrency) || a.GetSendSeconds() <= 0 || a.GetAccount() == "" {
		t.Errorf("what is being sent, and what is behind it, may be sent now: %v", a)
	}
	groups := map[string]uint64{}
	for _, g := range a.GetReasons() {
		groups[g.GetWhy().GetCode()] = g.GetMessages()
	}
	if want := map[string]uint64{"puente.told_to_wait": 5, "puente.out_of_order": 1, "puente.behind": 1}; fmt.Sprint(groups) != fmt.Sprint(want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	many := make([]string, 101)
	if _, err := lane(t, asking, many...); !errors.Is(err, rpc.ErrRefused) || !strings.Contains(err.Error(), "at most 100") {
		t.Errorf("101 ids: %v", err)
	}
}

// TestWhoSendsAnswers: of two processes the one that owns the channel answers, and after a hand-over the other.
func TestWhoSendsAnswers(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	asking := s.Connect("control")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Waiting, After: time.Hour}
	}}
	type process struct {
		bus  *bus.Bus
		stop func()
	}
	var processes []process
	for range 2 {
		b := s.Connect("egress-testnet")
		g := shard.New(kv.Open(b, topology.Leases), shard.Options{
			Service: b.Name(), Instance: b.Instance(), Done: b.Done(), Lease: 2 * time.Second, Log: b.Logger(),
		})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		c := config(n)
		go func() { ended <- c.Run(ctx, b, g) }()
		stopped := false
		stop := func() {
			if stopped {
				return
			}
			stopped = true
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			closing, done := context.WithTimeout(context.Background(), 10*time.Second)
			defer done()
			g.Close(closing)
		}
		t.Cleanup(stop)
		processes = append(processes, process{b, stop})
	}
	for i := range 3 {
		publish(t, asking, post(event(fmt.Sprintf("m%d", i), "ann", 0, 1)))
	}
	var owner string
	eventually(t, "the owner answers", func() bool {
		a, err := lane(t, asking)
		owner = a.GetInstance()
		return err == nil && a.GetWaiting() == 3
	})
	for range 20 {
		if a, err := lane(t, asking); err != nil || a.GetInstance() != owner {
			t.Errorf("%q answers, the owner is %q: %v", a.GetInstance(), owner, err)
		}
	}
	for _, p := range processes {
		if p.bus.Instance() == owner {
			p.stop()
		}
	}
	eventually(t, "the other answers", func() bool {
		a, err := lane(t, asking, "m2")
		return err == nil && a.GetInstance() != owner && a.GetWaiting() == 3 && len(a.GetPlaces()) == 1 && a.GetPlaces()[0].GetPosition() == 3 &&
			a.GetPlaces()[0].GetBehind() == "m0"
	})
}

// TestAnIdleChannelHasNobody: nothing waits, and the next question is answered as soon as something does.
func TestAnIdleChannelHasNobody(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	d := config(n)
	d.IdleAfter = 100 * time.Millisecond
	start(t, b, d)
	publish(t, b, post(event("m1", "ann", 0, 1)))
	eventually(t, "it is sent", func() bool { return n.Total() == 1 })
	eventually(t, "nobody sends for the channel", func() bool { _, err := lane(t, b); return errors.Is(err, rpc.ErrNobody) })
	n.Lock()
	n.Judge = func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Waiting, After: time.Hour}
	}
	n.Unlock()
	publish(t, b, post(event("m2", "ann", 0, 1)))
	expectPlaces(t, b, map[string]string{"m2-0": "1/1  puente.told_to_wait sending=false tries=0 next=true"})
}
