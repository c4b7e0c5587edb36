package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// collected are texts that a test waits for.
type collected struct {
	mu   sync.Mutex
	have map[string]int
}

func (c *collected) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.have == nil {
		c.have = map[string]int{}
	}
	c.have[text]++
}

func (c *collected) has(text string) func() bool {
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.have[text] > 0
	}
}

// All that stands on a connection goes on when the broker has closed it for good, and nothing that was stored is lost.
func TestAConnectionThatIsClosedForGoodIsMadeAnew(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	line := s.Line(t)
	other := s.Connect("other")
	for _, sole := range []bool{true, false} {
		for name, close := range map[string]func(*bus.Bus){
			"a line that is too long":        func(b *bus.Bus) { _ = b.Provoke() },
			"a message that is too large":    func(*bus.Bus) { line.Say("-ERR 'Maximum Payload Violation'\r\n") },
			"a subject that is none":         func(*bus.Bus) { line.Say("-ERR 'Invalid Publish Subject'\r\n") },
			"what no version knows":          func(*bus.Bus) { line.Say("-ERR 'Moon In Wrong House'\r\n") },
			"credentials that are not known": func(*bus.Bus) { line.Say("-ERR 'Authorization Violation'\r\n") },
			"a stale connection":             func(*bus.Bus) { line.Say("-ERR 'Stale Connection'\r\n") },
		} {
			t.Run(fmt.Sprintf("%s, alone %t", name, sole), func(t *testing.T) {
				service := uuid.NewString()
				b, err := bus.Connect(line.URL(), bus.Options{Name: service})
				if err != nil {
					t.Fatal(err)
				}
				group := shardtest.Sole(b)
				if !sole {
					group = shardtest.Join(t, b)
				}
				goesOn(t, b, group, other, service, func() { close(b) })
			})
		}
	}
}

// goesOn closes the connection again and again while everything is in use.
func goesOn(t *testing.T, b *bus.Bus, group *shard.Group, other *bus.Bus, name string, close func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer func() { cancel(); wg.Wait(); b.Close(context.Background()) }()
	var worked, followed, watched collected
	run := func(what string, f func() error) {
		wg.Go(func() {
			if err := f(); err != nil && ctx.Err() == nil {
				t.Errorf("%s has ended: %v", what, err)
			}
		})
	}
	run("work", func() error {
		return consume.Work{Stream: topology.Messages, Verb: "translate", Handle: func(_ context.Context, e *consume.Entry) error {
			worked.add(e.Event.GetMessage().GetId())
			return nil
		}}.Run(ctx, b, group)
	})
	run("follow", func() error {
		return consume.Follow{Stream: topology.Outcomes("testnet"), Verb: "read", Split: func(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
			followed.add(e.Subject)
			return nil, nil
		}}.Run(ctx, b, group)
	})
	run("watch", func() error {
		return kv.Open(b, topology.Channels).Watch(ctx, "*", func(_ string, value []byte) { watched.add(string(value)) }, func() {})
	})
	for round := range 3 {
		id := fmt.Sprintf("%s-%d", name, round)
		if round > 0 {
			close()
		}
		message := &messagev1.Message{Id: id, Network: "testnet", Channel: "c", Contact: &messagev1.Contact{Address: "a"}, Direction: messagev1.Direction_DIRECTION_INBOUND}
		event := &eventv1.Event{Kind: &eventv1.Event_Message{Message: message}}
		// what is stored through the closed connection is stored as soon as there is another
		eventually(t, "published", func() bool {
			_, err := b.Publish(ctx, bus.Post{Subject: topology.MessageSubject("testnet", "c", "a"), ID: id, Body: event})
			return err == nil
		})
		if _, err := other.Publish(ctx, bus.Post{Subject: topology.OutcomeSubject("testnet", "c", id), Body: event}); err != nil {
			t.Fatal(err)
		}
		if err := kv.Open(other, topology.Channels).Put(ctx, "K", []byte(id)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the work goes on", worked.has(id))
		eventually(t, "the reading goes on", followed.has(topology.OutcomeSubject("testnet", "c", id)))
		eventually(t, "the watch goes on", watched.has(id))
		eventually(t, "it is ready", func() bool { return b.Ready(ctx, topology.Messages.Name) == nil })
	}
}
