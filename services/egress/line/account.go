package line

import (
	"errors"

	"github.com/bonychat/puente/pkg/provider"
)

// Where LINE's API is: https://developers.line.biz/en/reference/messaging-api/#domain-name
const (
	DefaultAPI     = "https://api.line.me"
	DefaultAPIData = "https://api-data.line.me"
)

// Account is one channel of the Messaging API, which is one official account.
type Account struct {
	ChannelAccessToken provider.Secret  `json:"channel_access_token" doc:"The channel access token (long-lived), from the tab Messaging API of the channel in the LINE Developers Console." doc_es:"El channel access token (long-lived), de la pestaña Messaging API del canal en LINE Developers Console." label:"Channel access token" label_es:"Channel access token"`
	ChannelSecret      provider.Secrets `json:"channel_secret" doc:"The channel secret, from the tab Basic settings. LINE signs its webhook calls with it. While it is being changed: a list of the new one and the old one." doc_es:"El channel secret, de la pestaña Basic settings. LINE firma con él sus llamadas. Mientras se cambia, una lista con el nuevo y el anterior." label:"Channel secret" label_es:"Channel secret"`
	API                string           `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://api.line.me." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://api.line.me." label:"API address" label_es:"Dirección de la API"`
	APIData            string           `json:"api_data,omitempty" doc:"Where files that came in are: scheme, host and port. Default https://api-data.line.me." doc_es:"Dónde están los ficheros que han llegado: esquema, host y puerto. Por defecto https://api-data.line.me." label:"Files API address" label_es:"Dirección de la API de ficheros"`
}

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	return errors.Join(
		provider.CheckAddress("api", a.API, DefaultAPI),
		provider.CheckAddress("api_data", a.APIData, DefaultAPIData),
	)
}

// Identity is what LINE counts a budget by: the channel, which has one secret and may have several tokens.
func (a Account) Identity() string { return a.ChannelSecret.First() }
