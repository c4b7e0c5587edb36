package viber

import (
	"errors"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is Viber's own.
const DefaultAPI = "https://chatapi.viber.com"

// maxName is https://creators.viber.com/docs/bots-api/resources/messaging/send-message.
const maxName = 28

// Account is one bot.
type Account struct {
	AuthToken provider.Secret `json:"auth_token" doc:"The bot's token: in the Viber app under More, Settings, Bots, Edit info, as \"Your app key\". It signs the callbacks too." doc_es:"El token del bot: en la app de Viber, en More, Settings, Bots, Edit info, como \"Your app key\". Firma también las llamadas." label:"App key" label_es:"App key"`
	Name      string          `json:"name" doc:"The sender's name that contacts see, at most 28 characters." doc_es:"El nombre del remitente que ven los contactos, de 28 caracteres como máximo." label:"Sender's name" label_es:"Nombre del remitente"`
	API       string          `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://chatapi.viber.com." doc_es:"Dónde está la API: esquema, host y puerto. Por defecto https://chatapi.viber.com." label:"API address" label_es:"Dirección de la API"`
}

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	err := provider.CheckAddress("api", a.API, DefaultAPI)
	if utf8.RuneCountInString(a.Name) > maxName {
		err = errors.Join(err, errors.New("name: must be at most 28 characters"))
	}
	return err
}
