package sms

import (
	"net/http"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// docs is where declarations are described: the limits are those of SMS, and what a provider does differently its own page says.
const docs = "https://pkg.go.dev/github.com/bonychat/puente/services/egress/sms"

// tokenParameter is the query's parameter that may hold the secret.
const tokenParameter = "token"

// Network is everything Puente knows about an SMS provider that is declared in the account.
var Network = provider.Network[Account]{
	Name:    "sms",
	Doc:     docs,
	Reasons: &reasons,
	// Five SMS. What was found on the pages of providers is more: ten at Telnyx, 1,600 characters at Plivo, 2,000 at Sinch.
	Carries:  provider.Carries{Text: provider.Limit{Max: 5 * 153, Unit: provider.GSM7, Page: docs}},
	Confirms: provider.Confirms{Receipts: docs, Failures: docs},
	Rates:    provider.Rates{Account: provider.Rate{Page: docs}},
	Pages:    provider.Pages{Webhook: docs, Errors: docs},
	// The secret stands where the provider can put it: at the end of the address, as a parameter, or as a password.
	Webhook: &webhook.Policy{
		Verify: proof.AnyOf{
			proof.Token{Path: true, Secret: "secret"},
			proof.Token{Query: tokenParameter, Secret: "secret"},
			proof.Token{Basic: true, Secret: "secret"},
			proof.Token{Bearer: true, Secret: "secret"},
		},
		Methods: []string{http.MethodGet, http.MethodPost},
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Instructor: (*sender)(nil),
		Validator:  Account{},
		Identity:   Account{},
	},
}
