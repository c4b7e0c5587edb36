package teams

import (
	"cmp"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Where Microsoft is, unless the account says otherwise.
const (
	DefaultLogin      = "https://login.microsoftonline.com"
	DefaultServiceURL = "https://smba.trafficmanager.net/teams"
)

// Account is one bot.
type Account struct {
	AppID        string          `json:"app_id" doc:"The bot's Microsoft App ID: Azure portal, your Azure Bot, Configuration." doc_es:"El Microsoft App ID del bot: portal de Azure, su Azure Bot, Configuration." label:"Microsoft App ID" label_es:"Microsoft App ID"`
	ClientSecret provider.Secret `json:"client_secret" doc:"A client secret of the app: Microsoft Entra, App registrations, your app, Certificates & secrets; its value, not its id." doc_es:"Un secreto de cliente de la aplicación: Microsoft Entra, App registrations, su aplicación, Certificates & secrets; su valor, no su identificador." label:"Client secret" label_es:"Secreto de cliente"`
	TenantID     string          `json:"tenant_id" doc:"The tenant that the bot is registered for: App Tenant ID, beside the App ID." doc_es:"El tenant en el que está registrado el bot: App Tenant ID, junto al App ID." label:"App Tenant ID" label_es:"App Tenant ID"`
	ServiceURL   string          `json:"service_url,omitempty" doc:"Where a conversation is asked for that no call has told of. Default https://smba.trafficmanager.net/teams; of a government cloud the address that Microsoft documents." doc_es:"Dónde se pide una conversación de la que no ha hablado ninguna llamada. Por defecto https://smba.trafficmanager.net/teams; en una nube de gobierno, la dirección que documenta Microsoft." label:"Service address" label_es:"Dirección del servicio"`
	Login        string          `json:"login,omitempty" doc:"Where access tokens are had: scheme, host and port. Default https://login.microsoftonline.com." doc_es:"Dónde se obtienen los tokens de acceso: esquema, host y puerto. Por defecto https://login.microsoftonline.com." label:"Login address" label_es:"Dirección de inicio de sesión"`
}

// guid is an id as Microsoft writes it.
var guid = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// Identity implements [provider.Identity]: Teams counts by app and tenant.
func (a Account) Identity() string { return a.AppID + " " + a.TenantID }

// Validate implements [provider.Validator]. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if a.AppID != "" && !guid.MatchString(a.AppID) {
		errs = append(errs, errors.New("app_id: must be an id such as 12345678-90ab-cdef-1234-567890abcdef"))
	}
	if a.TenantID != "" && !guid.MatchString(a.TenantID) {
		errs = append(errs, errors.New("tenant_id: must be an id such as 12345678-90ab-cdef-1234-567890abcdef"))
	}
	if a.ServiceURL != "" && addressOf(a.ServiceURL) == nil {
		errs = append(errs, errors.New("service_url: must be http or https, a host and perhaps a path, such as "+DefaultServiceURL))
	}
	return errors.Join(append(errs, provider.CheckAddress("login", a.Login, DefaultLogin))...)
}

func (a Account) login() string { return strings.TrimSuffix(cmp.Or(a.Login, DefaultLogin), "/") }

func (a Account) serviceURL() string {
	return strings.TrimSuffix(cmp.Or(a.ServiceURL, DefaultServiceURL), "/")
}

// bot is the bot's id in conversations.
func (a Account) bot() string { return "28:" + a.AppID }

// addressOf is an address of the connector, nil for what cannot be one.
func addressOf(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil
	}
	return u
}

// Hosts of the connector that Microsoft documents, and the zones that are its own. Names below trafficmanager.net are given to anybody.
// https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
var (
	microsoftHosts = []string{"smba.trafficmanager.net"}
	microsoftZones = []string{".teams.microsoft.com", ".teams.microsoft.us", ".botframework.com", ".botframework.us", ".botframework.azure.us"}
)

// trusted says whether the bot's token may go to an address: to Microsoft, over TLS, or to where the account itself says. Calls tell
// addresses, and they are signed; but who has the token can speak as the bot.
func (a Account) trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if own := addressOf(a.serviceURL()); own != nil && u.Scheme == own.Scheme && strings.EqualFold(u.Host, own.Host) {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") &&
		(slices.Contains(microsoftHosts, host) || slices.ContainsFunc(microsoftZones, func(zone string) bool { return strings.HasSuffix(host, zone) }))
}
