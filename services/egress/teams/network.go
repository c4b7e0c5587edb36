package teams

import (
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// The vendor's pages.
const (
	docs           = "https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to"
	formatting     = docs + "/format-your-bot-messages"
	messages       = docs + "/conversations/conversation-messages"
	cards          = "https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#hero-card"
	rateLimits     = docs + "/rate-limit"
	authentication = "https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication"
	reference      = "https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference"
)

// KeysURL is where Microsoft says which keys calls are signed with: https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-connector-authentication#openid-metadata-document
const KeysURL = "https://login.botframework.com/v1/.well-known/openidconfiguration"

// Network is everything Puente knows about Microsoft Teams.
var Network = provider.Network[Account]{
	Name:    "teams",
	Doc:     reference,
	Reasons: &said,
	Carries: provider.Carries{
		// In circulation are 28, 40 and 100 kB of UTF-16, all of them Microsoft's. Of the smallest, what else is in an activity has 4 kB.
		Text:  provider.Limit{Max: 12_000, Unit: provider.UTF16, Page: formatting},
		Image: messages + "#picture-messages",
		// No Caption: a text and a picture in one activity become two messages, and have no id.
		Buttons: provider.Limit{Max: 6, Page: cards},
		// no number is told: a button has one line, and what is longer is cut
		ButtonText: provider.Limit{Max: 20, Unit: provider.UTF16, Page: cards},
	},
	Rates: provider.Rates{
		// of a bot in a tenant; 50 in later versions of the page
		Account: provider.PerSecond(30, rateLimits),
		// 7 in a second, 8 in two, 60 in thirty, 1,800 in an hour
		Contact: provider.Rate{Sends: 1800, Per: time.Hour, Burst: 7, Page: rateLimits + "#per-bot-per-thread-limit"},
	},
	Pages: provider.Pages{Webhook: authentication, Errors: rateLimits},
	Webhook: &webhook.Policy{
		Verify: proof.JWT{
			Bearer: true, Algorithms: []proof.Algorithm{proof.RS256}, Issuer: "https://api.botframework.com", Expires: true, Leeway: 5 * time.Minute,
			Keys: proof.KeySet{URL: KeysURL, Endorsed: expr.JSON("channelId")},
			Claims: []proof.ClaimIs{
				{Claim: "aud", Account: "app_id"},
				// what is answered goes there, with a token
				{Claim: "serviceurl", Value: expr.JSON("serviceUrl")},
			},
		},
	},
	Receive: receive,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher: (*sender)(nil), Checker: (*sender)(nil), Instructor: (*sender)(nil), Validator: Account{}, Identity: Account{},
	},
	// a token, a conversation and a message
	SendTimeout: time.Minute,
}
