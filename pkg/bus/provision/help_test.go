package provision_test

import (
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
