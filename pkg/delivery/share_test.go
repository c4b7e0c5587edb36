package delivery_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

const shares = 40 // channels: that a process gets none is no chance to reckon with

// sharer is one process of several.
type sharer struct {
	*bus.Bus
	cancel context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex
	sent int
}

// fleet is a service of several processes with one far end.
type fleet struct {
	t      *testing.T
	server *bustest.Server

	account func(c int) string // nil: each channel has its own

	mu   sync.Mutex
	took map[string][]string  // by channel
	by   map[string][]*sharer // who took them
}

// owners are who sent the messages of a channel, in order.
func (f *fleet) owners(c int) []*sharer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.by[fmt.Sprintf("ch%d", c)])
}

func (f *fleet) join() *sharer {
	ctx, cancel := context.WithCancel(context.Background())
	p := &sharer{Bus: f.server.Connect("egress-testnet"), cancel: cancel, ended: make(chan struct{})}
	group := shardtest.Join(f.t, p.Bus)
	d := config(&network{})
	var routes []delivery.Channel
	for c := range shares {
		id := fmt.Sprintf("ch%d", c)
		account := id
		if f.account != nil {
			account = f.account(c)
		}
		routes = append(routes, delivery.Channel{Network: far, ID: id, Account: account, Together: f.account != nil, Send: func(_ context.Context, e *eventv1.Event) (string, result.Result) {
			f.mu.Lock()
			f.took[id] = append(f.took[id], e.GetMessage().GetId())
			if f.by == nil {
				f.by = map[string][]*sharer{}
			}
			f.by[id] = append(f.by[id], p)
			f.mu.Unlock()
			p.mu.Lock()
			p.sent++
			p.mu.Unlock()
			return "", result.Result{Class: result.Sent}
		}})
	}
	d.Channels = delivery.NewChannels(routes...)
	go func() {
		defer close(p.ended)
		// a process whose connection is cut for good says so, unless it is told to stop first
		if err := d.Run(ctx, p.Bus, group); err != nil && !severed(p.Bus) {
			f.t.Errorf("deliver: %v", err)
		}
	}()
	f.t.Cleanup(func() { cancel(); <-p.ended })
	return p
}

func (p *sharer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}

// TestProcessesShareTheChannels: two share the work, a third joins, one leaves, one dies. Nothing is lost, nothing is
// out of order, and a graceful hand-over doubles nothing.
func TestProcessesShareTheChannels(t *testing.T) {
	t.Parallel()
	f := &fleet{t: t, server: bustest.Start(t, far), took: map[string][]string{}}
	publisher := f.server.Connect("translator")
	published := 0
	round := func() {
		t.Helper()
		for c := range shares {
			e := event(fmt.Sprintf("m%04d", published), "ann", 0, 1)
			e.GetMessage().Channel = fmt.Sprintf("ch%d", c)
			publish(t, publisher, bus.Post{Subject: topology.EgressSubject(far, e.GetMessage().GetChannel()), ID: fmt.Sprintf("%s-%d", e.GetMessage().GetId(), c), Body: e})
		}
		published++
	}
	all := func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		for c := range shares {
			if len(slices.Compact(slices.Clone(f.took[fmt.Sprintf("ch%d", c)]))) < published {
				return false
			}
		}
		return true
	}
	both := func(ps ...*sharer) {
		t.Helper()
		before := make([]int, len(ps))
		for i, p := range ps {
			before[i] = p.count()
		}
		eventually(t, "every process sends", func() bool {
			round()
			eventually(t, "all of the round is sent", all)
			for i, p := range ps {
				if p.count() == before[i] {
					return false
				}
			}
			return true
		})
	}
	doubled := func() (n int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, got := range f.took {
			n += len(got) - len(slices.Compact(slices.Clone(got)))
		}
		return n
	}
	a, b := f.join(), f.join()
	both(a, b)
	c := f.join()
	both(a, b, c)
	a.cancel()
	round()
	<-a.ended
	both(b, c)
	if n := doubled(); n != 0 {
		t.Errorf("%d sent twice by graceful hand-overs", n)
	}
	bustest.Sever(b.Bus)
	b.cancel()
	round()
	eventually(t, "the last process has all", all)
	for id, got := range f.took {
		if !slices.IsSorted(got) {
			t.Errorf("%s: out of order: %v", id, got)
		}
	}
}
