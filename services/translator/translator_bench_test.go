package translator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// BenchmarkTranslate is a message's way through the translator: from MESSAGES to a far end that takes it at once, claimed,
// fitted, written to the journal, and its outcome recorded. Broker and far end are in the same process, so that what they
// do is part of the figures. "one at a time" waits for each; "many at once" has 512 under way.
func BenchmarkTranslate(b *testing.B) {
	for _, way := range []struct {
		name, far string
		direction messagev1.Direction
		ahead     int
	}{
		{"outbound, one at a time", network, messagev1.Direction_DIRECTION_OUTBOUND, 1},
		{"outbound, many at once", network, messagev1.Direction_DIRECTION_OUTBOUND, 512},
		{"inbound, many at once", topology.Platform, messagev1.Direction_DIRECTION_INBOUND, 512},
	} {
		b.Run(way.name, func(b *testing.B) {
			s := bustest.Start(b, network)
			c := s.Connect("bench")
			if err := directory.Fill(b.Context(), c, []directory.Entry{{
				Channel: directory.Channel{ID: custom, Network: network, ContactID: "custom"}, Account: json.RawMessage(`{}`), Platform: json.RawMessage(`{}`),
			}}); err != nil {
				b.Fatal(err)
			}
			if err := directory.Declare(b.Context(), c, network, testnet); err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(b.Context())
			done := make(chan error, 1)
			connected := s.Connect("translator")
			env := service.Env{Bus: connected, Shards: shardtest.Sole(connected), Log: slog.New(slog.DiscardHandler), Started: func() {}}
			go func() { done <- translator.Run(ctx, env) }()
			defer func() {
				cancel()
				if err := <-done; err != nil {
					b.Error(err)
				}
			}()
			taken := make(chan struct{}, way.ahead)
			reading := make(chan error, 1)
			go func() {
				reader := s.Connect("reader")
				reading <- delivery.Config{
					Far: way.far, Validity: 24 * time.Hour, SendTimeout: time.Second, Concurrency: 512,
					Channels: delivery.NewChannels(delivery.Channel{Network: network, ID: custom, Send: func(context.Context, *eventv1.Event) (string, result.Result) {
						taken <- struct{}{}
						return "", result.Result{Class: result.Sent}
					}}),
				}.Run(ctx, reader, shardtest.Sole(reader))
			}()
			defer func() { cancel(); <-reading }()
			wait := func() {
				select {
				case <-taken:
				case <-time.After(30 * time.Second):
					b.Fatal("a message did not come through")
				}
			}
			b.ReportAllocs()
			n, under := 0, 0
			for b.Loop() {
				if under == way.ahead {
					wait()
					under--
				}
				m := outbound(custom, fmt.Sprintf("m%d", n), fmt.Sprintf("p%d", n%1000), content.Text("hola"))
				m.Direction = way.direction
				if _, err := c.Publish(b.Context(), bus.Post{
					Subject: topology.MessageSubject(network, custom, m.GetContact().GetAddress()), ID: fmt.Sprintf("entry-%d", n),
					Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
				}); err != nil {
					b.Fatal(err)
				}
				n++
				under++
			}
			for ; under > 0; under-- {
				wait()
			}
		})
	}
}
