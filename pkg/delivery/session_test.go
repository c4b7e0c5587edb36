package delivery_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestAToldWaitOutlivesItsReader: a far end that said "in an hour" is not asked again because the broker was away.
func TestAToldWaitOutlivesItsReader(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]result.Scope{"contact": result.Contact, "channel": result.Channel, "account": result.Account} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, far)
			b := s.Connect("egress-testnet")
			n := &network{Judge: func(_ int, m *messagev1.Message) result.Result {
				if m.GetContact().GetAddress() == "ann" {
					return result.Result{Class: result.Waiting, After: time.Hour, Scope: scope}
				}
				return result.Result{Class: result.Sent}
			}}
			start(t, b, config(n))
			publish(t, b, post(event("m1", "ann", 0, 1)))
			calls := func() int { n.Lock(); defer n.Unlock(); return n.Calls }
			eventually(t, "told to wait", func() bool { return calls() == 1 })
			s.DeleteConsumers(topology.Egress(far).Name)
			publish(t, b, post(event("m2", "bob", 0, 1)))
			if scope == result.Contact {
				eventually(t, "another contact is sent to by the next reader", func() bool { return n.Total() == 1 })
			} else {
				eventually(t, "the next reader has begun", func() bool {
					return len(s.Consumers(topology.Egress(far).Name)) == topology.EgressPartitions
				})
				time.Sleep(300 * time.Millisecond) // long enough to ask, were it going to
			}
			want := 1 + n.Total()
			if got := calls(); got != want {
				t.Errorf("%d calls, want %d", got, want)
			}
		})
	}
}

// TestSomeFailingContactsDoNotEndEachOthersPauses: a success beside them is no sign that they would succeed now.
func TestSomeFailingContactsDoNotEndEachOthersPauses(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(_ int, m *messagev1.Message) result.Result {
		if m.GetContact().GetAddress()[0] == 'x' {
			return result.Result{Class: result.Retry, Reason: reason.Untranslated("no")}
		}
		return result.Result{Class: result.Sent}
	}}
	start(t, b, config(n))
	const failing, healthy = 10, 200
	for i := range failing {
		publish(t, b, post(event(fmt.Sprintf("x%d", i), fmt.Sprintf("x%d", i), 0, 1)))
	}
	for i := range healthy {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%7), 0, 1)))
	}
	eventually(t, "the healthy are sent", func() bool { return n.Total() == healthy })
	n.Lock()
	defer n.Unlock()
	if extra := n.Calls - healthy; extra > 20*failing {
		t.Errorf("%d calls for %d failing messages", extra, failing)
	}
}

// TestAStreamMadeAnewIsReadFromItsStart: a position from before must not hide what came since.
func TestAStreamMadeAnewIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("translator")
	var seen atomic.Int64
	follow := func() (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() {
			done <- consume.Follow{Stream: topology.Outcomes(far), Verb: "record", Split: func(context.Context, *consume.Entry) ([]consume.Task, error) {
				return []consume.Task{{Do: func(context.Context) error { seen.Add(1); return nil }}}, nil
			}}.Run(ctx, b, shardtest.Sole(b))
		}()
		return func() { cancel(); <-done }
	}
	fill := func(n int) {
		for i := range n {
			publish(t, b, bus.Post{Subject: topology.OutcomeSubject(far, channel, fmt.Sprintf("k-%d-%d", n, i)), Body: event("m", "ann", 0, 1)})
		}
	}
	stop := follow()
	fill(20)
	eventually(t, "all are read", func() bool { return seen.Load() == 20 })
	stop()
	s.Remake(topology.Outcomes(far).Name)
	fill(7)
	stop = follow()
	defer stop()
	eventually(t, "all of the new stream is read", func() bool { return seen.Load() == 27 })
}

// TestContactsTakeTurns: one message behind a thousand of another contact does not wait for them.
func TestContactsTakeTurns(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	at := 0 // how many were sent when bob's was
	n := &network{}
	n.Judge = func(call int, m *messagev1.Message) result.Result {
		if call == 1 { // all are here before the first is sent
			eventually(t, "all are delivered", func() bool { return s.Undelivered(topology.Egress(far).Name) == 0 })
		}
		if m.GetContact().GetAddress() == "bob" {
			at = call
		}
		return result.Result{Class: result.Sent}
	}
	const many = 1000
	for i := range many {
		publish(t, b, post(event(fmt.Sprintf("m%04d", i), "ann", 0, 1)))
	}
	publish(t, b, post(event("b1", "bob", 0, 1)))
	d := config(n)
	start(t, b, d)
	eventually(t, "bob's is sent", func() bool { n.Lock(); defer n.Unlock(); return at > 0 })
	if at > many/2 { // that turns are strict is shown beside the lanes; here some are on their way to them
		t.Errorf("bob's was the send number %d", at)
	}
	eventually(t, "all are sent", func() bool { return n.Total() == many+1 })
}

// TestMessagesOfASuspendedChannelExpire: their agents are told, and nothing is sent for it.
func TestMessagesOfASuspendedChannelExpire(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{Judge: func(int, *messagev1.Message) result.Result {
		return result.Result{Class: result.Suspended, Reason: reason.Untranslated("the token is dead")}
	}}
	d := config(n)
	d.Validity = 500 * time.Millisecond
	start(t, b, d)
	for i := range 5 {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%2), 0, 1)))
	}
	for i := range 5 {
		eventually(t, "expired", func() bool {
			_, last := records(t, s, fmt.Sprintf("m%d-0-0", i))
			return last.GetResult() == eventv1.Result_RESULT_EXPIRED
		})
	}
	if dead := s.Stored(topology.Dead.Name, 0); len(dead) != 5 {
		t.Errorf("%d dead letters, want 5", len(dead))
	}
}
