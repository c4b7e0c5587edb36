package main

import (
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/matrix"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/egress/telegram"
)

// drivers are the networks of the all-in-one. A new network is one line here.
var drivers = []provider.Driver{
	telegram.Network,
	matrix.Network,
	phone.Network,
}

// listens says whether a channel's network makes no calls, but is listened to.
func listens(c config.Channel) bool {
	for _, d := range drivers {
		if d.Describe().Name == c.Network {
			return provider.Listens(d, c.Account.Reveal())
		}
	}
	return false
}

// known is what the configuration has to know of them.
func known() []config.Network { return networks.Of(drivers...) }
