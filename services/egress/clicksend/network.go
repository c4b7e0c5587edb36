package clicksend

import (
	"net/http"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Network is everything Puente knows about ClickSend.
var Network = provider.Network[Account]{
	Name:    "clicksend",
	Doc:     "https://developers.clicksend.com/docs/messaging/sms",
	Reasons: &said,
	Carries: provider.Carries{
		// Five parts. ClickSend counts 153 septets or 67 units a part and takes eight, but cuts off, without a word, what is
		// beyond the parts that the account allows: six, unless somebody changed it. A line break counts twice, which is what
		// the sixth is for.
		Text: provider.Limit{
			Max: 5 * 153, Unit: provider.GSM7, Page: "https://help.clicksend.com/article/h474eseq3a-how-many-characters-can-i-send-in-an-sms",
		},
	},
	Confirms: provider.Confirms{
		Receipts: "https://help.clicksend.com/en/articles/42318-sms-troubleshooting",
		Failures: "https://help.clicksend.com/en/articles/42318-sms-troubleshooting",
		OwnID:    "https://developers.clicksend.com/docs/messaging/sms", // custom_string
	},
	// No rate: messages are accepted "at any rate", and what is too much is answered 429 and waits as told.
	Rates: provider.Rates{Account: provider.Rate{Page: "https://help.clicksend.com/en/articles/42318-sms-troubleshooting"}},
	Pages: provider.Pages{
		Webhook: "https://developers.clicksend.com/docs/automations/sms",
		Errors:  "https://developers.clicksend.com/docs/#application-status-codes",
	},
	Webhook: &webhook.Policy{
		Verify:  proof.Token{Query: tokenParameter, Secret: "webhook_token"},
		Methods: []string{http.MethodGet, http.MethodPost}, // webhook_type: https://developers.clicksend.com/docs/automations/sms
		Dedupe:  dedupe,
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Fetcher:    (*sender)(nil),
		Checker:    (*sender)(nil),
		Setter:     (*sender)(nil),
		Instructor: (*sender)(nil),
		Listener:   (*sender)(nil), // mode poll
		Validator:  Account{},
		Identity:   Account{},
	},
}

// tokenParameter is what of the webhook's address tells a call of ClickSend from a forged one: it signs nothing.
const tokenParameter = "token"

// dedupe finds what is pushed again: a message by its id, a receipt by its message and status.
var dedupe = expr.FirstOf(
	expr.Join(expr.JSON("message_id"), expr.JSON("status_code")), expr.JSON("message_id"),
	expr.Join(expr.Form("message_id"), expr.Form("status_code")), expr.Form("message_id"),
	expr.Join(expr.Query("message_id"), expr.Query("status_code")), expr.Query("message_id"),
)
