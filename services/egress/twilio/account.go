package twilio

import (
	"errors"
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is Twilio's own REST API.
const DefaultAPI = "https://api.twilio.com"

// Account is one sender of a Twilio account.
type Account struct {
	AccountSid string           `json:"account_sid" doc:"The account's SID, AC and 32 hex digits, as the console's home page shows it." doc_es:"El SID de la cuenta, AC y 32 cifras hexadecimales, como lo muestra la página de inicio de la consola." label:"Account SID" label_es:"Account SID"`
	AuthToken  provider.Secrets `json:"auth_token" doc:"The account's primary auth token. It signs Twilio's calls too, so an API key does not do. While it is being changed a list: the secondary token, then the primary one." doc_es:"El auth token principal de la cuenta. Firma también las llamadas de Twilio, así que no sirve una API key. Mientras se cambia, una lista: el secundario y después el principal." label:"Auth token" label_es:"Auth token"`
	SharedKey  provider.Secrets `json:"shared_key,omitzero" doc:"The secret of a SharedKey, where a webhook rule of the account has Twilio sign its calls with one (HMAC_SHA256) in place of the auth token. While it is being changed a list: the new secret, then the old one." doc_es:"El secreto de una SharedKey, si una regla de webhooks de la cuenta hace que Twilio firme sus llamadas con ella (HMAC_SHA256) en lugar del auth token. Mientras se cambia, una lista: el secreto nuevo y después el anterior." label:"SharedKey secret" label_es:"Secreto de SharedKey"`
	From       string           `json:"from" doc:"The sender: a number in E.164 such as +12015550123, a short code, an alphanumeric sender of at most 11 characters, whatsapp: and a number, rcs: and an agent, messenger: and a page, or a Messaging Service's SID (MG and 32 hex digits)." doc_es:"El remitente: un número E.164 como +12015550123, un número corto, un nombre de hasta 11 caracteres, whatsapp: y un número, rcs: y un agente, messenger: y una página, o el SID de un Messaging Service (MG y 32 cifras hexadecimales)." label:"Sender" label_es:"Remitente"`
	API        string           `json:"api,omitempty" doc:"Where the REST API is: scheme, host and port. Default https://api.twilio.com." doc_es:"Dónde está la API REST: esquema, host y puerto. Por defecto https://api.twilio.com." label:"API address" label_es:"Dirección de la API"`
}

// Identity implements [provider.Identity]: Twilio counts by account. https://www.twilio.com/docs/api/errors/20429
func (a Account) Identity() string { return a.AccountSid }

// https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/messaging/channels
var (
	accountSid    = regexp.MustCompile(`^AC[0-9A-Za-z]{1,62}$`)
	serviceSid    = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	shortCode     = regexp.MustCompile(`^[0-9]{3,8}$`)
	alphanumeric  = regexp.MustCompile(`^[0-9A-Za-z +_&-]{0,10}[A-Za-z][0-9A-Za-z +_&-]{0,10}$`)
	channelSender = map[string]*regexp.Regexp{
		whatsApp: e164, messenger: digits, rcs: regexp.MustCompile(`^[0-9A-Za-z_.-]{1,100}$`),
	}
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if !accountSid.MatchString(a.AccountSid) {
		errs = append(errs, errors.New("account_sid: must be AC and what follows it in the console"))
	}
	if !isSender(a.From) {
		errs = append(errs, errors.New("from: must be a number in E.164, a short code, an alphanumeric sender of at most 11, "+
			"whatsapp:, rcs: or messenger: and its sender, or a Messaging Service's SID"))
	}
	errs = append(errs, provider.CheckAddress("api", a.API, DefaultAPI))
	return errors.Join(errs...)
}

func isSender(from string) bool {
	channel, rest := split(from)
	if channel != "" {
		known := channelSender[channel]
		return known != nil && known.MatchString(rest)
	}
	return e164.MatchString(from) || shortCode.MatchString(from) || serviceSid.MatchString(from) || isAlphanumeric(from)
}

// isAlphanumeric says whether a sender is a word: it sends, and nobody can answer it.
// https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id
func isAlphanumeric(from string) bool {
	return len(from) <= 11 && alphanumeric.MatchString(from) && strings.TrimSpace(from) == from
}
