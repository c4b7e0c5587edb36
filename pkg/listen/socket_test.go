package listen_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/deliverytest"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/listen"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// switchboard is a network whose sends go over the socket that a channel is heard by. Each process has its own sockets.
type switchboard struct {
	mu   sync.Mutex
	open map[string]string   // who holds the socket of a channel
	sent map[string][]string // by channel: who sent its messages
}

func (s *switchboard) send(process, channel string) (string, result.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[channel] != process {
		return "", result.Result{Class: result.Retry, Reason: reason.Untranslated("no socket"), After: 20 * time.Millisecond}
	}
	s.sent[channel] = append(s.sent[channel], process)
	return "ref", result.Result{Class: result.Sent}
}

func (s *switchboard) listen(process string) func(context.Context, string, *listen.Cursor) error {
	return func(ctx context.Context, channel string, _ *listen.Cursor) error {
		s.mu.Lock()
		s.open[channel] = process
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[channel] == process {
			delete(s.open, channel)
		}
		return nil
	}
}

// TestWhoHearsAChannelSendsForIt: with several processes each channel's socket and its sends are in one of them, also
// when processes come and go.
func TestWhoHearsAChannelSendsForIt(t *testing.T) {
	t.Parallel()
	const channels = 12
	s := bustest.Start(t, far)
	board := &switchboard{open: map[string]string{}, sent: map[string][]string{}}
	join := func(name string) (leave func()) {
		b := s.Connect(deliverytest.Service)
		group := shardtest.Join(t, b)
		var all []delivery.Channel
		for c := range channels {
			id := fmt.Sprintf("ch%d", c)
			all = append(all, delivery.Channel{
				Network: far, ID: id, Account: "account of " + id, Credentials: "c", Listen: true,
				Send: func(context.Context, *eventv1.Event) (string, result.Result) { return board.send(name, id) },
			})
		}
		sending := delivery.NewChannels(all...)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		run := func(what string, f func() error) {
			wg.Go(func() {
				if err := f(); err != nil {
					t.Errorf("%s of %s: %v", what, name, err)
				}
			})
		}
		run("delivery", func() error {
			d := delivery.Config{Far: far, Validity: time.Hour, SendTimeout: 5 * time.Second, Concurrency: 4, Channels: sending}
			return d.Run(ctx, b, group)
		})
		run("listening", func() error {
			return listen.Config{Far: far, Channels: sending, Listen: board.listen(name)}.Run(ctx, b, group)
		})
		leave = sync.OnceFunc(func() { cancel(); wg.Wait() })
		t.Cleanup(leave)
		return leave
	}
	publisher, published := s.Connect("translator"), 0
	round := func() {
		t.Helper()
		published++
		for c := range channels {
			e := deliverytest.Event(fmt.Sprintf("m%d-%d", published, c), "ann", 0, 1)
			e.GetMessage().Channel = fmt.Sprintf("ch%d", c)
			bustest.Publish(t, publisher, bus.Post{Subject: topology.EgressSubject(far, e.GetMessage().GetChannel()), ID: topology.MessageKey(e.GetMessage()), Body: e})
		}
		bustest.Eventually(t, "every channel is sent to", func() bool {
			board.mu.Lock()
			defer board.mu.Unlock()
			for c := range channels {
				if len(board.sent[fmt.Sprintf("ch%d", c)]) < published {
					return false
				}
			}
			return true
		})
	}
	senders := func() map[string]bool {
		board.mu.Lock()
		defer board.mu.Unlock()
		found := map[string]bool{}
		for _, by := range board.sent {
			found[by[len(by)-1]] = true
		}
		return found
	}
	leave := join("a")
	round()
	join("b")
	bustest.Eventually(t, "both send", func() bool { round(); return len(senders()) == 2 })
	leave()
	round()
	if got := senders(); len(got) != 1 || !got["b"] {
		t.Errorf("%v send, want b alone", got)
	}
}
