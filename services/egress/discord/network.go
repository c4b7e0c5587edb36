package discord

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// The vendor's pages.
const (
	docs          = "https://docs.discord.com/developers"
	createMessage = docs + "/resources/message#create-message"
	uploading     = docs + "/reference#uploading-files"
	rateLimits    = docs + "/topics/rate-limits"
)

// Network is everything Puente knows about Discord.
var Network = provider.Network[Account]{
	Name:    "discord",
	Doc:     docs + "/events/gateway",
	Reasons: &said,
	Carries: provider.Carries{
		Text: provider.Limit{Max: 2000, Unit: provider.UTF16, Page: createMessage},
		// a caption is the message's text. Half of what that may hold: what is too large to be uploaded goes as a link beside it.
		Caption: provider.Limit{Max: 1000, Unit: provider.UTF16, Page: createMessage},
		Image:   uploading, Video: uploading, Audio: uploading, File: uploading,
		// No Buttons: what is tapped would be an interaction, which has to be answered within three seconds.
	},
	// for some minutes: enforce_nonce
	Confirms: provider.Confirms{IdempotencyKey: createMessage},
	Rates:    provider.Rates{Account: provider.PerSecond(50, rateLimits+"#global-rate-limit")},
	Pages:    provider.Pages{Errors: docs + "/topics/opcodes-and-status-codes"},
	Receive:  receive,
	Open:     open,
	Abilities: provider.Abilities{
		Fetcher: (*sender)(nil), Checker: (*sender)(nil), Listener: (*sender)(nil), Validator: Account{}, Identity: Account{}, Exclusive: Account{},
	},
	// a file is fetched and uploaded at the same time
	SendTimeout: 3 * time.Minute,
}
