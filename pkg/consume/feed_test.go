package consume_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const network = "testnet"

// text is a message of a contact on a channel.
func text(channel, contact string, n int) bus.Post {
	id := fmt.Sprintf("%s-%s-%06d", channel, contact, n)
	return bus.Post{Subject: topology.MessageSubject(network, channel, contact), ID: id, Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: id, Network: network, Channel: channel, Contact: &messagev1.Contact{Address: contact}, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
	}}}}
}

// handler keeps what it was given, and lets contacts wait whose name begins with "wait" while it is held.
type handler struct {
	mu   sync.Mutex
	held bool
	done map[string][]string // ids by contact, in order
	told map[string]int      // how often each was told to wait
}

func (h *handler) handle(_ context.Context, e *consume.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := e.Event.GetMessage()
	contact := m.GetContact().GetAddress()
	if h.held && strings.HasPrefix(contact, "wait") {
		h.told[m.GetId()]++
		return consume.RetryAfter(time.Hour)
	}
	h.done[contact] = append(h.done[contact], m.GetId())
	return nil
}

func (h *handler) count() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ids := range h.done {
		n += len(ids)
	}
	return n
}

func newHandler(held bool) *handler {
	return &handler{held: held, done: map[string][]string{}, told: map[string]int{}}
}

// work runs a process of the service until it is told to stop.
func work(t *testing.T, b *bus.Bus, h *handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- consume.Work{Stream: topology.Messages, Verb: "test", Handle: h.handle}.Run(ctx, b, shardtest.Sole(b))
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	t.Cleanup(stop)
	return stop
}

func messages(t *testing.T, b *bus.Bus) int {
	t.Helper()
	state, err := b.State(t.Context(), topology.Messages.Name)
	if err != nil {
		t.Fatal(err)
	}
	return int(state.Messages)
}

// TestWhatWaitsHasNothingElseReadAgain: who takes over is given what waits, and what came since. Nothing that was finished
// is handled twice, whether the process before stopped or died.
func TestWhatWaitsHasNothingElseReadAgain(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(b *bus.Bus, stop func()){
		"stopped": func(_ *bus.Bus, stop func()) { stop() },
		"died":    func(b *bus.Bus, stop func()) { bustest.Sever(b); stop() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, network)
			publisher := s.Connect("ingress")
			const waiting, contacts, each = 5, 20, 10
			for c := range waiting {
				for n := range 3 {
					bustest.Publish(t, publisher, text("a", fmt.Sprintf("wait%d", c), n))
				}
			}
			for n := range each {
				for c := range contacts {
					bustest.Publish(t, publisher, text("a", fmt.Sprintf("c%d", c), n))
				}
			}
			first, b := newHandler(true), s.Connect("translator")
			stop := work(t, b, first)
			// all but what waits leaves the stream, also what is behind it
			bustest.Eventually(t, "what is finished leaves", func() bool { return messages(t, publisher) == 3*waiting })
			if got := first.count(); got != contacts*each {
				t.Fatalf("%d handled", got)
			}
			end(b, stop)
			bustest.Publish(t, publisher, text("a", "wait0", 3))
			second := newHandler(true)
			stop = work(t, s.Connect("translator"), second)
			bustest.Publish(t, publisher, text("a", "later", 0))
			bustest.Eventually(t, "each head is given to the next", func() bool {
				second.mu.Lock()
				defer second.mu.Unlock()
				return len(second.told) == waiting && len(second.done["later"]) == 1
			})
			stop()
			if second.count() != 1 {
				t.Errorf("the next handled %v again", second.done)
			}
			third := newHandler(false)
			work(t, s.Connect("translator"), third)
			bustest.Eventually(t, "all is handled", func() bool { return third.count() == 3*waiting+1 })
			for contact, ids := range third.done {
				if !slices.IsSorted(ids) {
					t.Errorf("%s: %v", contact, ids)
				}
			}
			bustest.Eventually(t, "nothing is left", func() bool { return messages(t, publisher) == 0 })
		})
	}
}

// TestWhatComesWhileOthersAreInheritedIsBehindThem, for every contact, with processes that come and go.
func TestWhatComesWhileOthersAreInheritedIsBehindThem(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	publisher := s.Connect("ingress")
	const contacts, before, each, processes = 30, 40, 100, 6
	for n := range before {
		for c := range contacts {
			bustest.Publish(t, publisher, text("a", fmt.Sprintf("wait%d", c), n))
		}
	}
	first := newHandler(true)
	stop := work(t, s.Connect("translator"), first)
	bustest.Eventually(t, "all wait", func() bool { first.mu.Lock(); defer first.mu.Unlock(); return len(first.told) == contacts })
	stop()
	publishing := make(chan struct{})
	go func() {
		defer close(publishing)
		for n := range each - before {
			for c := range contacts {
				bustest.Publish(t, publisher, text("a", fmt.Sprintf("wait%d", c), before+n))
			}
		}
	}()
	done := map[string][]string{}
	gather := func(h *handler) {
		for contact, ids := range h.done {
			done[contact] = append(done[contact], ids...)
		}
	}
	for range processes {
		h := newHandler(false)
		stop := work(t, s.Connect("translator"), h)
		bustest.Eventually(t, "it handles something", func() bool { return h.count() >= contacts })
		stop()
		gather(h)
	}
	<-publishing
	last := newHandler(false)
	stop = work(t, s.Connect("translator"), last)
	bustest.Eventually(t, "nothing is left", func() bool { return messages(t, publisher) == 0 })
	stop()
	gather(last)
	for c := range contacts {
		contact := fmt.Sprintf("wait%d", c)
		var want []string
		for n := range each {
			want = append(want, fmt.Sprintf("a-%s-%06d", contact, n))
		}
		if got := done[contact]; !slices.Equal(got, want) {
			t.Errorf("%s: %d of %d, in order %v", contact, len(got), each, slices.IsSorted(got))
		}
	}
}

// TestAStreamThatLostItsEndIsReadFromItsStart: by a process that goes on, too, else what comes under old sequences is passed over.
func TestAStreamThatLostItsEndIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	publisher, b := s.Connect("ingress"), s.Connect("translator")
	h := newHandler(false)
	work(t, b, h)
	const n = 20
	for i := range n {
		bustest.Publish(t, publisher, text("a", "ann", i))
	}
	bustest.Eventually(t, "all are handled", func() bool { return h.count() == n })
	s.Remake(topology.Messages.Name)
	for i := range 3 {
		bustest.Publish(t, publisher, text("a", "ann", n+i))
	}
	bustest.Eventually(t, "what came since is handled", func() bool { return h.count() == n+3 })
}

// TestWhatStandsBelowThePositionIsRead all the same: a record that says that all is finished is of a stream that was there before.
func TestWhatStandsBelowThePositionIsRead(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	publisher := s.Connect("ingress")
	h := newHandler(false)
	stop := work(t, s.Connect("translator"), h)
	const n = 20
	for i := range n {
		bustest.Publish(t, publisher, text("a", "ann", i))
	}
	bustest.Eventually(t, "all are handled", func() bool { return h.count() == n && messages(t, publisher) == 0 })
	stop()
	s.Remake(topology.Messages.Name)
	for i := range 2 * n { // beyond where the stream before ended
		bustest.Publish(t, publisher, text("a", "ann", n+i)) // in the same partition
	}
	next := newHandler(false)
	work(t, s.Connect("translator"), next)
	bustest.Eventually(t, "all of the new stream is handled", func() bool { return next.count() == 2*n })
	if got := next.done["ann"]; !slices.IsSorted(got) {
		t.Errorf("out of order: %v", got)
	}
	bustest.Eventually(t, "nothing is left", func() bool { return messages(t, publisher) == 0 })
}
