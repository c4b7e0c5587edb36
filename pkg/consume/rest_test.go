package consume_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
)

// heldWaiting is how many messages wait on the held channel, of so many contacts: more than heads have room in memory.
const heldWaiting, heldContacts = 20_000, 1000

// resting is a process that owns one partition of two channels: one is held, until it is not, and the other is not.
type resting struct {
	mu   sync.Mutex
	held bool
	done map[string][]string // ids by channel, in order
	all  map[*consume.Queue]bool
}

func (r *resting) work(e *consume.Entry) lanes.Next {
	channel := e.Event.GetMessage().GetChannel()
	r.mu.Lock()
	defer r.mu.Unlock()
	if channel == "held" && r.held {
		return lanes.Next{Keep: true, After: time.Hour}
	}
	r.done[channel] = append(r.done[channel], e.ID)
	return lanes.Next{}
}

func (r *resting) count(channel string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.done[channel])
}

// waiting is how many messages its queues hold.
func (r *resting) waiting() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for q := range r.all {
		n += q.Len()
	}
	return n
}

// letGo ends the hold.
func (r *resting) letGo() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = false
	for q := range r.all {
		q.Wake()
	}
}

// rest runs a process until it is told to stop.
func rest(t *testing.T, b *bus.Bus) (r *resting, stop func()) {
	t.Helper()
	r = &resting{held: true, done: map[string][]string{}, all: map[*consume.Queue]bool{}}
	note := func(there bool) func(*consume.Queue) {
		return func(q *consume.Queue) { r.mu.Lock(); defer r.mu.Unlock(); r.all[q] = there }
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	stream := topology.Egress(network)
	go func() {
		units := shard.Evenly(stream.Name+"-", topology.PartitionsOf(stream))
		ended <- shardtest.Sole(b).Own(ctx, units, func(ctx context.Context, l *shard.Lease) error {
			return consume.Feed{
				Bus: b, Lease: l, Stream: stream.Name, Key: func(subject string) string { return subject },
				Open: func(string) consume.Options {
					return consume.Options{
						Lanes: lanes.Options{Concurrency: 64}, Opened: note(true), Closed: note(false),
						Work: func(_ context.Context, e *consume.Entry) lanes.Next { return r.work(e) },
					}
				},
			}.Run(ctx)
		})
	}()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return r, stop
}

// neighbour is a channel of the same partition as another.
func neighbour(channel string) string {
	for n := 0; ; n++ {
		other := fmt.Sprintf("free%d", n)
		if topology.EgressPartition(network, other) == topology.EgressPartition(network, channel) {
			return other
		}
	}
}

// TestAHeldChannelRestsAndGoesOnInOrder: what waits on it costs the broker nothing, whoever has taken over; its neighbours go on
// meanwhile, and in the end each of its messages is handled once, in order.
func TestAHeldChannelRestsAndGoesOnInOrder(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	publisher := s.Connect("ingress")
	other := neighbour("held")
	send := func(channel string, n int) bus.Post {
		p := text(channel, fmt.Sprint(n%heldContacts), n)
		p.Subject = topology.EgressSubject(network, channel)
		return p
	}
	stream := topology.Egress(network).Name
	want := make([]string, heldWaiting)
	stored := make([]func(context.Context) error, 0, 500)
	for n := range heldWaiting {
		want[n] = send("held", n).ID
		if stored = append(stored, publisher.PublishLater(t.Context(), send("held", n))); len(stored) < cap(stored) && n < heldWaiting-1 {
			continue
		}
		for _, wait := range stored {
			if err := wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		stored = stored[:0]
	}
	asked := bustest.Requests(t, publisher, "$JS.API.>")
	// process takes over: a neighbour is sent for, and all that is held waits
	process := func(b *bus.Bus, n int) (*resting, func()) {
		r, stop := rest(t, b)
		bustest.Publish(t, publisher, send(other, n))
		bustest.Eventually(t, "a neighbour goes on", func() bool { return r.count(other) > 0 }) // more where it is read again after a crash
		bustest.Eventually(t, "all is read that is held", func() bool { return r.waiting() == heldWaiting })
		return r, stop
	}
	_, stop := process(s.Connect("egress"), 0)
	time.Sleep(6 * time.Second) // what waits is set aside
	asked()
	time.Sleep(3 * time.Second)
	if n := len(asked()); n > 100 { // one a second for how the stream stands, and a few for the readers
		t.Errorf("%d requests in 3 s for a channel that rests", n)
	}
	stop()
	b := s.Connect("egress")
	_, stop = process(b, 1)
	bustest.Sever(b)
	stop()
	last, _ := process(s.Connect("egress"), 2)
	last.letGo()
	bustest.Eventually(t, "all has left the stream", func() bool {
		state, err := publisher.State(t.Context(), stream)
		return err == nil && state.Messages == 0
	})
	last.mu.Lock()
	defer last.mu.Unlock()
	got := last.done["held"]
	at := map[string]int{}
	for place, id := range got {
		at[id] = place + 1
	}
	for n, id := range want {
		if at[id] == 0 || n >= heldContacts && at[id] < at[want[n-heldContacts]] {
			t.Fatalf("%s is the %d. that was handled, the one before it of its contact the %d.", id, at[id], at[want[max(0, n-heldContacts)]])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d were handled, of %d", len(got), len(want))
	}
}
