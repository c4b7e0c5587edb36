package main

import (
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/clicksend"
	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/matrix"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/viber"
	"github.com/bonychat/puente/services/egress/whatsapp"
)

// drivers are the networks of the all-in-one. A new network is one line here.
var drivers = []provider.Driver{
	telegram.Network,
	line.Network,
	clicksend.Network,
	matrix.Network,
	phone.Network,
	twilio.Network,
	viber.Network,
	whatsapp.Network,
}

// listens says whether a channel's network makes no calls, but is listened to.
func listens(c config.Channel) bool {
	d := driverOf(c.Network)
	return d != nil && provider.Listens(d, c.Account.Reveal())
}

// driverOf is the network of that name, nil for none.
func driverOf(name string) provider.Driver {
	for _, d := range drivers {
		if d.Describe().Name == name {
			return d
		}
	}
	return nil
}

// known is what the configuration has to know of them.
func known() []config.Network { return networks.Of(drivers...) }
