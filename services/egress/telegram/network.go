package telegram

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Network is everything Puente knows about Telegram.
var Network = provider.Network[Account]{
	Name: "telegram",
	Doc:  "https://core.telegram.org/bots/api",
	Carries: provider.Carries{
		Text:     4096,
		Unit:     provider.UTF16,
		Caption:  1024,
		Image:    true,
		Video:    true,
		Audio:    true,
		File:     true,
		Location: true,
		// the vendor gives no number. A keyboard of 10 kB and more is refused ("reply markup is too long"), and the apps cut a
		// long button in its middle, so longer ones go as a list.
		Buttons:    10,
		ButtonText: 64,
	},
	Rate: provider.Rate{
		Account: provider.PerSecond(30),
		// "short bursts that go over this limit" are allowed there; what is too much is answered 429 and waits as told
		Contact: provider.Limit{Sends: 1, Per: time.Second, Burst: 30},
	},
	Links: map[string]string{
		"text":         "https://core.telegram.org/bots/api#sendmessage",
		"caption":      "https://core.telegram.org/bots/api#sendphoto",
		"image":        "https://core.telegram.org/bots/api#sendphoto",
		"video":        "https://core.telegram.org/bots/api#sendvideo",
		"audio":        "https://core.telegram.org/bots/api#sendaudio",
		"file":         "https://core.telegram.org/bots/api#senddocument",
		"location":     "https://core.telegram.org/bots/api#sendlocation",
		"buttons":      "https://core.telegram.org/bots/api#replykeyboardmarkup",
		"account_rate": "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this",
		"contact_rate": "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this",
		"webhook":      "https://core.telegram.org/bots/api#setwebhook",
		"errors":       "https://core.telegram.org/bots/api#making-requests",
	},
	Webhook: &webhook.Policy{
		Verify: webhook.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"},
		Dedupe: webhook.JSON("update_id"), // https://core.telegram.org/bots/api#update
	},
	Listens: true, // mode poll
	Receive: receive,
	Open:    open,
	// an attachment may take a refusal by URL, a download and an upload of 50 MB
	SendTimeout: 3 * time.Minute,
}
