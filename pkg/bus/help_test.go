package bus_test

import (
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/deliverytest"
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
