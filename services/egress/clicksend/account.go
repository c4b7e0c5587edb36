package clicksend

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is ClickSend's own API.
const DefaultAPI = "https://rest.clicksend.com"

// Account is one user, or subaccount, of ClickSend, and the sender that a channel writes with.
type Account struct {
	Username     string           `json:"username" doc:"The API username, as the dashboard shows it under API Credentials: that of the account, or of a subaccount." doc_es:"El usuario de la API que muestra el panel en API Credentials: el de la cuenta o el de una subcuenta." label:"API username" label_es:"Usuario de la API"`
	APIKey       provider.Secret  `json:"api_key" doc:"The API key, from the same place." doc_es:"La clave de la API, del mismo sitio." label:"API key" label_es:"Clave de la API"`
	From         string           `json:"from,omitempty" doc:"What messages are from: a dedicated number such as +61411111111, or an alpha tag of 3 to 11 letters and digits, which cannot be answered. Empty: ClickSend chooses." doc_es:"De quién son los mensajes: un número dedicado como +61411111111, o un nombre de 3 a 11 letras y cifras, al que no se puede contestar. Vacío: lo elige ClickSend." label:"Sender" label_es:"Remitente"`
	WebhookToken provider.Secrets `json:"webhook_token,omitzero" doc:"Required with mode webhook: what the webhook's address ends with so that a call can be told from a forged one: 1 to 256 of A-Z a-z 0-9 _ -. Choose it yourself, long and random. While it is being changed, a list with the new one first." doc_es:"Obligatorio con el modo webhook: con lo que termina la dirección del webhook, para distinguir una llamada de una falsa: de 1 a 256 de A-Z a-z 0-9 _ -. Elíjalo usted, largo y aleatorio. Mientras se cambia, una lista con el nuevo primero." label:"Webhook token" label_es:"Token del webhook"`
	Mode         Mode             `json:"mode,omitempty" doc:"How messages and receipts come: webhook (default), or poll, which asks for them and needs no public address." doc_es:"Cómo llegan mensajes y confirmaciones: webhook (por defecto), o poll, que los pide y no necesita dirección pública." label:"How messages come" label_es:"Cómo llegan los mensajes" values:"webhook,poll"`
	API          string           `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://rest.clicksend.com." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://rest.clicksend.com." label:"API address" label_es:"Dirección de la API"`
}

// Mode is how messages and receipts come: https://developers.clicksend.com/docs/automations/sms
type Mode string

// The modes; no mode is Webhook.
const (
	Webhook Mode = "webhook"
	Poll    Mode = "poll"
)

var (
	webhookToken = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`) // goes into an address as it is
	number       = regexp.MustCompile(`^\+?[0-9]{3,15}$`)       // a short code too
	alphaTag     = regexp.MustCompile(`^[A-Za-z0-9]{3,11}$`)
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if strings.Contains(a.Username, ":") {
		errs = append(errs, errors.New("username: must hold no colon"))
	}
	if a.From != "" && !number.MatchString(a.From) && !alphaTag.MatchString(a.From) {
		errs = append(errs, errors.New("from: must be a number such as +61411111111, or 3 to 11 letters and digits"))
	}
	tokens := a.WebhookToken.Reveal()
	switch a.Mode {
	case "", Webhook:
		switch {
		case len(tokens) == 0:
			errs = append(errs, errors.New("webhook_token: is required"))
		case slices.ContainsFunc(tokens, func(t string) bool { return !webhookToken.MatchString(t) }):
			errs = append(errs, errors.New("webhook_token: must be 1 to 256 of A-Z a-z 0-9 _ -"))
		}
	case Poll: // without a token the webhook's address admits nobody
		if len(tokens) > 0 {
			errs = append(errs, errors.New("webhook_token: is for mode webhook; mode poll has none"))
		}
	default:
		errs = append(errs, errors.New("mode: must be webhook or poll"))
	}
	errs = append(errs, provider.CheckAddress("api", a.API, DefaultAPI))
	return errors.Join(errs...)
}

// Identity implements [provider.Identity]: whatever limit ClickSend has, it is the user's, with however many senders.
func (a Account) Identity() string { return a.API + " " + a.Username }
