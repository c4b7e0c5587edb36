package slack

import (
	"cmp"
	"errors"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is where Slack's API is.
const DefaultAPI = "https://slack.com"

// What tokens begin with: https://docs.slack.dev/authentication/tokens
const (
	botPrefix = "xoxb-"
	appPrefix = "xapp-"
)

// Account is one app, as it is installed in one workspace.
type Account struct {
	Token         provider.Secret  `json:"token" doc:"The bot token, xoxb-…: api.slack.com/apps, your app, OAuth & Permissions, Bot User OAuth Token." doc_es:"El token del bot, xoxb-…: api.slack.com/apps, su aplicación, OAuth & Permissions, Bot User OAuth Token." label:"Bot token" label_es:"Token del bot"`
	SigningSecret provider.Secrets `json:"signing_secret,omitempty" doc:"The signing secret, which Slack's calls are signed by: Basic Information, App Credentials. Required without app_token. While it is being changed, a list with the new one first." doc_es:"El signing secret, con el que Slack firma sus llamadas: Basic Information, App Credentials. Obligatorio sin app_token. Mientras se cambia, una lista con el nuevo primero." label:"Signing secret" label_es:"Signing secret"`
	AppToken      provider.Secret  `json:"app_token,omitempty" doc:"The app-level token, xapp-…, with the scope connections:write: Basic Information, App-Level Tokens. With it Puente connects to Slack (Socket Mode), and needs no public address." doc_es:"El app-level token, xapp-…, con el scope connections:write: Basic Information, App-Level Tokens. Con él Puente se conecta a Slack (Socket Mode) y no necesita dirección pública." label:"App-level token" label_es:"App-level token"`
	API           string           `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://slack.com." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://slack.com." label:"API address" label_es:"Dirección de la API"`
}

// Identity implements [provider.Identity]: Slack counts by app and workspace, which is what a bot token is for.
func (a Account) Identity() string { return a.Token.Reveal() }

// Exclusive implements [provider.Exclusive]: Slack tells each event over one of an app's connections, whichever it likes.
func (a Account) Exclusive() provider.Claim {
	return provider.Claim{Field: "token", Value: a.Identity()}
}

// Validate implements [provider.Validator]. No error holds a value.
func (a Account) Validate() error {
	errs := []error{provider.CheckAddress("api", a.API, DefaultAPI)}
	if strings.HasPrefix(a.Token.Reveal(), appPrefix) {
		errs = append(errs, errors.New("token: is an app-level token; the bot token begins with "+botPrefix))
	}
	if strings.HasPrefix(a.AppToken.Reveal(), botPrefix) {
		errs = append(errs, errors.New("app_token: is a bot token; the app-level token begins with "+appPrefix))
	}
	if !a.listens() && !a.called() {
		errs = append(errs, errors.New("signing_secret: is required, or app_token for Socket Mode"))
	}
	return errors.Join(errs...)
}

// listens says whether events come over a websocket.
func (a Account) listens() bool { return a.AppToken.Reveal() != "" }

// called says whether events come as calls.
func (a Account) called() bool { return a.SigningSecret.First() != "" }

// host is where the API is.
func (a Account) host() string { return strings.TrimSuffix(cmp.Or(a.API, DefaultAPI), "/") }
