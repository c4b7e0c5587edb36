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
		Text:     4096, // https://core.telegram.org/bots/api#sendmessage
		Unit:     provider.UTF16,
		Caption:  1024, // https://core.telegram.org/bots/api#sendphoto
		Image:    true, // https://core.telegram.org/bots/api#sendphoto
		Video:    true, // https://core.telegram.org/bots/api#sendvideo
		Audio:    true, // https://core.telegram.org/bots/api#sendaudio
		File:     true, // https://core.telegram.org/bots/api#senddocument
		Location: true, // https://core.telegram.org/bots/api#sendlocation
		// https://core.telegram.org/bots/api#replykeyboardmarkup gives no number. A keyboard of 10 kB and more is refused
		// ("reply markup is too long"), and the apps cut a long button in its middle, so longer ones go as a list.
		Buttons:    10,
		ButtonText: 64,
	},
	Rate: provider.Rate{
		Account: provider.PerSecond(30), // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
		// "short bursts that go over this limit" are allowed there; what is too much is answered 429 and waits as told
		Contact: provider.Limit{Sends: 1, Per: time.Second, Burst: 30}, // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
	},
	Webhook: &webhook.Policy{
		Verify: webhook.Token{Header: "X-Telegram-Bot-Api-Secret-Token", Secret: "secret_token"}, // https://core.telegram.org/bots/api#setwebhook
		Dedupe: webhook.JSON("update_id"),                                                        // https://core.telegram.org/bots/api#update
	},
	Receive: receive,
	Open:    open,
	// an attachment may take a refusal by URL, a download and an upload of 50 MB
	SendTimeout: 3 * time.Minute,
}
