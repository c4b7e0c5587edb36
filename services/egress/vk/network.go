// Package vk is the network VK: the messages of a community of vk.com, by its Callback API and the method messages.send.
package vk

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// The vendor's pages.
const (
	callbacks = "https://dev.vk.com/en/api/callback/getting-started"
	events    = "https://dev.vk.com/en/api/community-events/json-schema"
	bots      = "https://dev.vk.com/en/api/bots/development/messages"
	sending   = "https://dev.vk.com/en/method/messages.send"
)

// DefaultAPI is where VK's API is: https://dev.vk.com/en/api/api-requests
const DefaultAPI = "https://api.vk.ru"

// Account is a community of VK, as it stands under account in the configuration.
type Account struct {
	GroupID      string           `json:"group_id" doc:"The community's number, in quotes: Manage > API usage > Callback API shows it as group_id." doc_es:"El número de la comunidad, entre comillas: Manage > API usage > Callback API lo muestra como group_id." label:"Community's number" label_es:"Número de la comunidad"`
	Token        provider.Secret  `json:"token" doc:"An access token of the community that may send messages: Manage > API usage > Access tokens." doc_es:"Un token de acceso de la comunidad que pueda enviar mensajes: Manage > API usage > Access tokens." label:"Access token" label_es:"Token de acceso"`
	Secret       provider.Secrets `json:"secret" doc:"The secret key of the server, of your own making: Manage > API usage > Callback API." doc_es:"La clave secreta del servidor, elegida por usted: Manage > API usage > Callback API." label:"Secret key" label_es:"Clave secreta"`
	Confirmation string           `json:"confirmation" doc:"What VK wants to be answered when the server is confirmed: Manage > API usage > Callback API. Each community has its own." doc_es:"Lo que VK quiere que se conteste al confirmar el servidor: Manage > API usage > Callback API. Cada comunidad tiene la suya." label:"Confirmation string" label_es:"Cadena de confirmación"`
	API          string           `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://api.vk.ru." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://api.vk.ru." label:"API address" label_es:"Dirección de la API"`
}

// Validate says what is wrong beyond what is missing.
func (a Account) Validate() error {
	var group error
	if _, err := strconv.ParseUint(a.GroupID, 10, 63); err != nil && a.GroupID != "" {
		group = errors.New("group_id: must be a number")
	}
	return errors.Join(group, provider.CheckAddress("api", a.API, DefaultAPI))
}

// Identity is the community, by which VK counts requests.
func (a Account) Identity() string { return a.GroupID }

// Network is everything Puente knows about VK. A text may have 9,000 characters, of whatever kind, by the vendor's page; 4,096 UTF-16
// units of Cyrillic are less in every count.
var Network = provider.Network[Account]{
	Name:      "vk",
	Doc:       "https://dev.vk.com/en/api/community-messages/getting-started",
	Reasons:   &said,
	Carries:   provider.Carries{Text: provider.Limit{Max: 4096, Unit: provider.UTF16, Page: sending}},
	Confirms:  provider.Confirms{Echoes: events, IdempotencyKey: bots},
	Rates:     provider.Rates{Account: provider.PerSecond(20, bots)},
	Pages:     provider.Pages{Webhook: callbacks, Errors: sending},
	Receive:   receive,
	Mimic:     mimic,
	Open:      open,
	Abilities: provider.Abilities{Checker: (*sender)(nil), Validator: Account{}, Identity: Account{}},
	Webhook: &webhook.Policy{
		Verify:   proof.Token{Sent: expr.JSON("secret"), Secret: "secret"},
		Dedupe:   expr.JSON("event_id"),
		Accepted: webhook.Answer{Status: http.StatusOK, ContentType: "text/plain", Body: "ok"},
		Handshakes: []webhook.Handshake{{
			When:    []expr.Condition{expr.Equals(expr.JSON("type"), "confirmation"), expr.EqualsSecret(expr.JSON("group_id"), "group_id")},
			Account: "confirmation",
		}},
	},
}
