package bus_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// TestAToldWaitOutlivesItsSession: a far end that said "in an hour" is not asked again because the broker was away.
func TestAToldWaitOutlivesItsSession(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]bus.Scope{"contact": bus.ScopeContact, "channel": bus.ScopeChannel, "account": bus.ScopeAccount} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bustest.Start(t, far).Connect("egress-testnet")
			n := &network{judge: func(_ int, m *messagev1.Message) bus.Verdict {
				if m.GetContact().GetAddress() == "ann" {
					return bus.Verdict{Class: bus.Waiting, After: time.Hour, Scope: scope}
				}
				return bus.Verdict{Class: bus.Sent}
			}}
			start(t, b, delivery(n))
			publish(t, b, post(event("m1", "ann", 0, 1)))
			calls := func() int { n.mu.Lock(); defer n.mu.Unlock(); return n.calls }
			eventually(t, "told to wait", func() bool { return calls() == 1 })
			if err := b.DeleteConsumers(t.Context(), "EGRESS_"+far); err != nil {
				t.Fatal(err)
			}
			publish(t, b, post(event("m2", "bob", 0, 1)))
			if scope == bus.ScopeContact {
				eventually(t, "another contact is sent to in the next session", func() bool { return n.total() == 1 })
			} else {
				eventually(t, "the next session has begun", func() bool {
					names, err := b.ConsumerNames(t.Context(), "EGRESS_"+far)
					return err == nil && len(names) == 1
				})
				time.Sleep(300 * time.Millisecond) // long enough to ask, were it going to
			}
			want := 1 + n.total()
			if got := calls(); got != want {
				t.Errorf("%d calls, want %d", got, want)
			}
		})
	}
}

// TestSomeFailingContactsDoNotEndEachOthersPauses: a success beside them is no sign that they would succeed now.
func TestSomeFailingContactsDoNotEndEachOthersPauses(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("egress-testnet")
	n := &network{judge: func(_ int, m *messagev1.Message) bus.Verdict {
		if m.GetContact().GetAddress()[0] == 'x' {
			return bus.Verdict{Class: bus.Retry, Reason: "no"}
		}
		return bus.Verdict{Class: bus.Sent}
	}}
	start(t, b, delivery(n))
	const failing, healthy = 10, 200
	for i := range failing {
		publish(t, b, post(event(fmt.Sprintf("x%d", i), fmt.Sprintf("x%d", i), 0, 1)))
	}
	for i := range healthy {
		publish(t, b, post(event(fmt.Sprintf("m%d", i), fmt.Sprintf("c%d", i%7), 0, 1)))
	}
	eventually(t, "the healthy are sent", func() bool { return n.total() == healthy })
	n.mu.Lock()
	defer n.mu.Unlock()
	if extra := n.calls - healthy; extra > 20*failing {
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
			done <- b.Follow(ctx, bus.Follow{Stream: topology.Outcomes(far), Verb: "record", Split: func(context.Context, *bus.Entry) ([]bus.Task, error) {
				return []bus.Task{{Do: func(context.Context) error { seen.Add(1); return nil }}}, nil
			}})
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
	if err := b.Remake(t.Context(), topology.Outcomes(far)); err != nil {
		t.Fatal(err)
	}
	fill(7)
	stop = follow()
	defer stop()
	eventually(t, "all of the new stream is read", func() bool { return seen.Load() == 27 })
}

// TestContactsTakeTurns: one message behind a thousand of another contact does not wait for them.
func TestContactsTakeTurns(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("egress-testnet")
	at := 0 // how many were sent when bob's was
	n := &network{}
	n.judge = func(call int, m *messagev1.Message) bus.Verdict {
		if call == 1 { // all are here before the first is sent
			eventually(t, "all are delivered", func() bool { return b.Undelivered(t.Context(), "EGRESS_"+far) == 0 })
		}
		if m.GetContact().GetAddress() == "bob" {
			at = call
		}
		return bus.Verdict{Class: bus.Sent}
	}
	const many = 1000
	for i := range many {
		publish(t, b, post(event(fmt.Sprintf("m%04d", i), "ann", 0, 1)))
	}
	publish(t, b, post(event("b1", "bob", 0, 1)))
	d := delivery(n)
	start(t, b, d)
	eventually(t, "bob's is sent", func() bool { n.mu.Lock(); defer n.mu.Unlock(); return at > 0 })
	if at > many/2 { // that turns are strict is shown beside the lanes; here some are on their way to them
		t.Errorf("bob's was the send number %d", at)
	}
	eventually(t, "all are sent", func() bool { return n.total() == many+1 })
}

// TestMessagesOfASuspendedChannelExpire: their agents are told, and nothing is sent for it.
func TestMessagesOfASuspendedChannelExpire(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("egress-testnet")
	n := &network{judge: func(int, *messagev1.Message) bus.Verdict {
		return bus.Verdict{Class: bus.Suspended, Reason: "the token is dead"}
	}}
	d := delivery(n)
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
