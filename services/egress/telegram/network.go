package telegram

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// limits is the vendor's page about how often a bot may send.
const limits = "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"

// Network is everything Puente knows about Telegram.
var Network = provider.Network[Account]{
	Name:    "telegram",
	Doc:     "https://core.telegram.org/bots/api",
	Reasons: &said,
	Carries: provider.Carries{
		Text:     provider.Limit{Max: 4096, Unit: provider.UTF16, Page: "https://core.telegram.org/bots/api#sendmessage"},
		Caption:  provider.Limit{Max: 1024, Unit: provider.UTF16, Page: "https://core.telegram.org/bots/api#sendphoto"},
		Image:    "https://core.telegram.org/bots/api#sendphoto",
		Video:    "https://core.telegram.org/bots/api#sendvideo",
		Audio:    "https://core.telegram.org/bots/api#sendaudio",
		File:     "https://core.telegram.org/bots/api#senddocument",
		Location: "https://core.telegram.org/bots/api#sendlocation",
		// the vendor gives no number. A keyboard of 10 kB and more is refused ("reply markup is too long"), and the apps cut a
		// long button in its middle, so longer ones go as a list.
		Buttons:    provider.Limit{Max: 10, Page: "https://core.telegram.org/bots/api#replykeyboardmarkup"},
		ButtonText: provider.Limit{Max: 64, Unit: provider.UTF16, Page: "https://core.telegram.org/bots/api#replykeyboardmarkup"},
	},
	Rates: provider.Rates{
		Account: provider.PerSecond(30, limits),
		// "short bursts that go over this limit" are allowed there; what is too much is answered 429 and waits as told
		Contact: provider.Rate{Sends: 1, Per: time.Second, Burst: 30, Page: limits},
	},
	Pages: provider.Pages{
		Webhook: "https://core.telegram.org/bots/api#setwebhook",
		Errors:  "https://core.telegram.org/bots/api#making-requests",
	},
	Webhook: &webhook.Policy{
		Verify: proof.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
		Dedupe: expr.JSON("update_id"), // https://core.telegram.org/bots/api#update
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher:    (*sender)(nil),
		Checker:    (*sender)(nil),
		Setter:     (*sender)(nil),
		Instructor: (*sender)(nil),
		Inspector:  (*sender)(nil),
		Listener:   (*sender)(nil), // mode poll
		Validator:  Account{},
		Identity:   Account{},
	},
	// an attachment may take a refusal by URL, a download and an upload of 50 MB
	SendTimeout: 3 * time.Minute,
}
