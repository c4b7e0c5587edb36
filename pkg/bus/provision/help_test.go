package provision_test

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/deliverytest"
)

const far, channel = deliverytest.Far, deliverytest.Channel

var (
	eventually = bustest.Eventually
	event      = deliverytest.Event
	post       = deliverytest.Post
	publish    = bustest.Publish
)

// configured is how a stream is configured at the broker.
func configured(t *testing.T, b *bus.Bus, stream string) jetstream.StreamConfig {
	t.Helper()
	s, err := b.JetStream().Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return s.CachedInfo().Config
}
