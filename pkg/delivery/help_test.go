package delivery_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/deliverytest"
	"github.com/bonychat/puente/pkg/topology"
)

const far, channel = deliverytest.Far, deliverytest.Channel

type network = deliverytest.Network

var (
	event      = deliverytest.Event
	post       = deliverytest.Post
	config     = deliverytest.Config
	start      = deliverytest.Start
	publish    = bustest.Publish
	eventually = bustest.Eventually
)

// republish gets a message past the stream's memory of ids, as a restart of the server does.
func republish(t *testing.T, s *bustest.Server, b *bus.Bus, p bus.Post) {
	t.Helper()
	s.ForgetIDs(topology.Egress(far).Name)
	publish(t, b, p)
}
