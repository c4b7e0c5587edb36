package discord

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is where Discord's API is.
const DefaultAPI = "https://discord.com"

// Account is one bot.
type Account struct {
	Token provider.Secret `json:"token" doc:"The bot's token: Developer Portal, your application, Bot, Reset Token." doc_es:"El token del bot: Developer Portal, su aplicación, Bot, Reset Token." label:"Bot token" label_es:"Token del bot"`
	API   string          `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://discord.com." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://discord.com." label:"API address" label_es:"Dirección de la API"`
}

// snowflake is https://docs.discord.com/developers/reference#snowflakes: 64 bits in decimal.
var snowflake = regexp.MustCompile(`^[1-9][0-9]{0,19}$`)

// bot is the bot's user id, which its token begins with and which outlives it; "" where the token does not tell.
// https://docs.discord.com/developers/reference#authentication
func (a Account) bot() string {
	first, _, _ := strings.Cut(a.Token.Reveal(), ".")
	id, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(first, "="))
	if err != nil || !snowflake.Match(id) {
		return ""
	}
	return string(id)
}

// Identity implements [provider.Identity]: Discord counts by bot.
func (a Account) Identity() string { return cmp.Or(a.bot(), a.Token.Reveal()) }

// Exclusive implements [provider.Exclusive]: all that people write to a bot comes over each of its sessions.
func (a Account) Exclusive() provider.Claim {
	return provider.Claim{Field: "token", Value: a.Identity()}
}

// Validate implements [provider.Validator]. No error holds a value.
func (a Account) Validate() error { return provider.CheckAddress("api", a.API, DefaultAPI) }

// api is where calls go.
func (a Account) api() string { return strings.TrimSuffix(cmp.Or(a.API, DefaultAPI), "/") + "/api/v10" }
