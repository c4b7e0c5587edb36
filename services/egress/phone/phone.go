package phone

import (
	"errors"
	"net/url"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Account is what the phone network knows a business by.
type Account struct {
	URL    string          `json:"url" doc:"base URL of the phone network's API, without /messages" doc_es:"URL base de la API de la red de pruebas, sin /messages" label:"API address" label_es:"Dirección de la API"`
	Secret provider.Secret `json:"secret" doc:"sent with every message, and expected with every webhook call" doc_es:"se envía con cada mensaje y se espera en cada llamada del webhook" label:"Secret" label_es:"Secreto"`
}

// Validate implements the SDK's check.
func (a Account) Validate() error {
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("url: must be an absolute http or https URL without credentials or query")
	}
	return nil
}

// docs is where the network is described.
const docs = "https://pkg.go.dev/github.com/bonychat/puente/services/egress/phone"

// Network is everything Puente knows about the phone network. Its limits are those of the contract, so that nothing
// has to be split or degraded.
var Network = provider.Network[Account]{
	Name:    "phone",
	Doc:     docs,
	Reasons: &said,
	Carries: provider.Carries{
		Text:    provider.Limit{Max: customchannel.MaxText, Unit: provider.UTF16, Page: docs},
		Caption: provider.Limit{Max: customchannel.MaxDescription, Unit: provider.UTF16, Page: docs},
		Image:   docs, Video: docs, Audio: docs, File: docs, Location: docs, LocationAddress: docs,
		Buttons:    provider.Limit{Max: customchannel.MaxReplies, Page: docs},
		ButtonText: provider.Limit{Max: customchannel.MaxReply, Unit: provider.UTF16, Page: docs},
	},
	Confirms: provider.Confirms{Receipts: docs, Failures: docs, OwnID: docs, IdempotencyKey: docs},
	Webhook: &webhook.Policy{
		Verify: proof.Token{Header: "X-Phone-Token", Secret: "secret"},
		Dedupe: expr.JSON("id"),
	},
	Receive: receive,
	Mimic:   mimic,
	Open:    open,
	Abilities: provider.Abilities{
		Checker:   (*sender)(nil),
		Validator: Account{},
	},
}
