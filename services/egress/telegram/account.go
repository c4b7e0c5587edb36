package telegram

import (
	"errors"
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is Telegram's own Bot API server.
const DefaultAPI = "https://api.telegram.org"

// Account is one bot.
type Account struct {
	Token       provider.Secret `json:"token" doc:"The bot's token, as @BotFather gives it." doc_es:"El token del bot, como lo da @BotFather." label:"Bot token" label_es:"Token del bot"`
	Mode        Mode            `json:"mode,omitempty" doc:"How updates come: webhook (default), or poll, which asks for them and needs no public address." doc_es:"Cómo llegan los mensajes: webhook (por defecto), o poll, que los pide y no necesita dirección pública." label:"How updates come" label_es:"Cómo llegan los mensajes" values:"webhook,poll"`
	SecretToken provider.Secret `json:"secret_token,omitempty" doc:"Required with mode webhook: what Telegram sends with every webhook call so that it can be told from a forged one: 1 to 256 of A-Z a-z 0-9 _ -. Choose it yourself, long and random." doc_es:"Obligatorio con el modo webhook: lo que envía Telegram con cada llamada para distinguirla de una falsa: de 1 a 256 de A-Z a-z 0-9 _ -. Elíjalo usted, largo y aleatorio." label:"Webhook secret" label_es:"Secreto del webhook"`
	API         string          `json:"api,omitempty" doc:"Where the Bot API is: scheme, host and port. Default https://api.telegram.org." doc_es:"Dónde está la Bot API: esquema, host y puerto. Por defecto https://api.telegram.org." label:"Bot API address" label_es:"Dirección de la Bot API"`
}

// bot is the bot's id, which its token begins with and which outlives it.
func (a Account) bot() string {
	id, _, _ := strings.Cut(a.Token.Reveal(), ":")
	return id
}

// Identity implements [provider.Identity]: Telegram counts by bot.
func (a Account) Identity() string { return a.bot() }

// Mode is how a bot's updates come: https://core.telegram.org/bots/api#getting-updates
type Mode string

// The modes; no mode is Webhook.
const (
	Webhook Mode = "webhook"
	Poll    Mode = "poll"
)

// https://core.telegram.org/bots/api#setwebhook
var secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	secret := a.SecretToken.Reveal()
	switch a.Mode {
	case "", Webhook:
		switch {
		case secret == "":
			errs = append(errs, errors.New("secret_token: is required"))
		case !secretToken.MatchString(secret):
			errs = append(errs, errors.New("secret_token: must be 1 to 256 of A-Z a-z 0-9 _ -"))
		}
	case Poll: // without a secret the webhook's address admits nobody
		if secret != "" {
			errs = append(errs, errors.New("secret_token: is for mode webhook; mode poll has none"))
		}
	default:
		errs = append(errs, errors.New("mode: must be webhook or poll"))
	}
	errs = append(errs, provider.CheckAddress("api", a.API, DefaultAPI))
	return errors.Join(errs...)
}
