package delivery_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestCrashes cuts one process after the other off while it sends, and lets the next take over. Nothing is lost, no
// contact's order is broken, and only what was on the wire at a crash comes twice.
func TestCrashes(t *testing.T) {
	t.Parallel()
	const contacts, each, crashes, concurrency = 12, 50, 8, 16
	s := bustest.Start(t, far)
	publisher := s.Connect("translator")
	rnd := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	n := &network{Judge: func(call int, _ *messagev1.Message) result.Result {
		switch {
		case call%17 == 0:
			return result.Result{Class: result.Waiting, After: 5 * time.Millisecond}
		case call%97 == 0:
			return result.Result{Class: result.Waiting, After: 10 * time.Millisecond, Scope: result.Channel}
		default:
			return result.Result{Class: result.Sent}
		}
	}}
	d := config(n)
	d.Concurrency = concurrency
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range each {
			for c := range contacts {
				for {
					e := event(fmt.Sprintf("m%d-%02d", c, i), fmt.Sprintf("c%d", c), 0, 1)
					if _, err := publisher.Publish(context.Background(), post(e)); err == nil {
						break
					}
				}
			}
		}
	}()
	for range crashes {
		b := s.Connect("egress-testnet")
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		before := n.Total()
		go func() { defer close(ended); _ = d.Run(ctx, b, shardtest.Sole(b)) }()
		more := 1 + rnd.IntN(60)
		eventually(t, "some are sent", func() bool { return n.Total() >= min(before+more, contacts*each) })
		bustest.Sever(b)
		cancel()
		<-ended
	}
	<-done
	start(t, s.Connect("egress-testnet"), d)
	eventually(t, "all are sent", func() bool {
		n.Lock()
		defer n.Unlock()
		for c := range contacts {
			if len(slices.Compact(slices.Clone(n.Took[fmt.Sprintf("c%d", c)]))) < each {
				return false
			}
		}
		return true
	})
	n.Lock()
	defer n.Unlock()
	doubles := 0
	for c := range contacts {
		got := n.Took[fmt.Sprintf("c%d", c)]
		unique := slices.Compact(slices.Clone(got))
		doubles += len(got) - len(unique)
		if !slices.IsSorted(unique) || len(unique) != each {
			t.Errorf("contact %d: %v", c, got)
		}
	}
	t.Logf("%d crashes, %d sent twice", crashes, doubles)
	if doubles > crashes*concurrency {
		t.Errorf("%d sent twice: more than can have been on the wire", doubles)
	}
}

// TestAConsumerDeletedByOthersIsMadeAnew, and nothing is sent twice.
func TestAConsumerDeletedByOthersIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{}
	start(t, b, config(n))
	for i := range 20 {
		publish(t, b, post(event(fmt.Sprintf("m%02d", i), "ann", 0, 1)))
		if i%5 == 4 {
			eventually(t, "sent", func() bool { return n.Total() > i })
			s.DeleteConsumers(topology.Egress(far).Name)
		}
	}
	eventually(t, "all are sent", func() bool { return n.Total() >= 20 })
	if got := n.Took["ann"]; len(got) != 20 || !slices.IsSorted(got) {
		t.Errorf("took %v", got)
	}
}

// TestTheLastSoleProcessOwnsTheUnit: an older one, which should not be there, ends by itself instead of fighting.
func TestTheLastSoleProcessOwnsTheUnit(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	older, newer := &network{}, &network{}
	b := s.Connect("egress-testnet")
	ended := make(chan error, 1)
	go func() { ended <- config(older).Run(context.Background(), b, shardtest.Sole(b)) }()
	publish(t, b, post(event("m1", "ann", 0, 1)))
	eventually(t, "the older sends", func() bool { return older.Total() == 1 })
	start(t, s.Connect("egress-testnet"), config(newer))
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the older process ended as if all were well")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the older process is still there")
	}
	const more = 10
	for i := range more {
		publish(t, b, post(event(fmt.Sprintf("n%d", i), "ann", 0, 1)))
	}
	eventually(t, "the newer sends all that comes", func() bool { return newer.Total() >= more })
	if older.Total() != 1 {
		t.Errorf("the older sent %d", older.Total())
	}
}
