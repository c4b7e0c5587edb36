// Package builtin is the list of the networks that Puente comes with.
package builtin

import (
	"slices"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/clicksend"
	"github.com/bonychat/puente/services/egress/discord"
	"github.com/bonychat/puente/services/egress/email"
	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/matrix"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/egress/slack"
	"github.com/bonychat/puente/services/egress/smpp"
	"github.com/bonychat/puente/services/egress/sms"
	"github.com/bonychat/puente/services/egress/teams"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/viber"
	"github.com/bonychat/puente/services/egress/vk"
	"github.com/bonychat/puente/services/egress/webhook"
	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/xmpp"
)

// drivers are the networks. A new one is one line here, which "puente new network" writes.
var drivers = []provider.Driver{
	telegram.Network,
	line.Network,
	clicksend.Network,
	discord.Network,
	email.Network,
	matrix.Network,
	phone.Network,
	slack.Network,
	smpp.Network,
	sms.Network,
	teams.Network,
	twilio.Network,
	viber.Network,
	vk.Network,
	webhook.Network,
	whatsapp.Network,
	xmpp.Network,
}

// Networks are the networks that Puente comes with. The slice is the caller's own.
func Networks() []provider.Driver { return slices.Clone(drivers) }
