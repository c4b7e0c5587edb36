// Package deliverytest has what tests of the delivery and of what stands on it have in common: messages, and a destination
// that keeps what it took.
package deliverytest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Far and Channel are the destination and the channel of [Event].
const Far, Channel = "testnet", "ch1"

// Service is the name of the destination's service.
const Service = "egress-testnet"

// Event is a text to a contact, or part i of n of one.
func Event(id, contact string, i, n uint32) *eventv1.Event {
	m := &messagev1.Message{
		Id: id, Network: Far, Channel: Channel, Contact: &messagev1.Contact{Address: contact}, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		AcceptedAt: timestamppb.Now(), Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: id}}},
	}
	if n > 1 {
		m.Part = &messagev1.Part{Index: i, Count: n}
	}
	return &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}
}

// Post is an event on its way to the destination.
func Post(e *eventv1.Event) bus.Post {
	return bus.Post{Subject: topology.EgressSubject(Far, Channel), ID: topology.MessageKey(e.GetMessage()), Body: e}
}

// Network is a destination that keeps what it took. Its mutex guards its fields.
type Network struct {
	sync.Mutex
	Took  map[string][]string // keys by contact
	Calls int
	// Judge says what becomes of a try; nil takes everything.
	Judge func(call int, m *messagev1.Message) result.Result
}

// Send is a channel's.
func (n *Network) Send(_ context.Context, e *eventv1.Event) (string, result.Result) {
	n.Lock()
	defer n.Unlock()
	n.Calls++
	m := e.GetMessage()
	v := result.Result{Class: result.Sent}
	if n.Judge != nil {
		v = n.Judge(n.Calls, m)
	}
	if v.Class == result.Sent {
		if n.Took == nil {
			n.Took = map[string][]string{}
		}
		n.Took[m.GetContact().GetAddress()] = append(n.Took[m.GetContact().GetAddress()], topology.MessageKey(m))
	}
	return "ref-" + topology.MessageKey(m), v
}

// Total is how many messages it took.
func (n *Network) Total() int {
	n.Lock()
	defer n.Unlock()
	total := 0
	for _, c := range n.Took {
		total += len(c)
	}
	return total
}

// Config sends to the network by one channel.
func Config(n *Network) delivery.Config {
	return delivery.Config{
		Far: Far, Validity: time.Hour, SendTimeout: 5 * time.Second, Concurrency: 16,
		Channels: delivery.NewChannels(delivery.Channel{Network: Far, ID: Channel, Account: "a", Credentials: "c1", Send: n.Send}),
	}
}

// Start runs a delivery, as the only process of its service, until the returned function stops it and waits.
func Start(t *testing.T, b *bus.Bus, c delivery.Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, b, shardtest.Sole(b)) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			// whose connection was cut for good says so
			if err := <-done; err != nil && !errors.Is(err, bus.ErrClosed) {
				t.Errorf("deliver: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}
