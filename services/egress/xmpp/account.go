package xmpp

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Account is a component of an XMPP server, and whom people write to at it.
type Account struct {
	URL     string          `json:"url" doc:"Where the server takes components, such as xmpp://xmpp.example.com:5347, or xmpps://xmpp.example.com:5347 with TLS." doc_es:"Dónde admite componentes el servidor, como xmpp://xmpp.example.com:5347, o xmpps://xmpp.example.com:5347 con TLS." label:"Server address" label_es:"Dirección del servidor"`
	Address string          `json:"address" doc:"Whom people write to, such as support@bridge.example.com: its domain is the component's." doc_es:"A quién escribe la gente, como support@bridge.example.com: su dominio es el del componente." label:"Channel's address" label_es:"Dirección del canal"`
	Secret  provider.Secret `json:"secret" doc:"The component's secret, as the server's configuration has it." doc_es:"El secreto del componente, como está en la configuración del servidor." label:"Component's secret" label_es:"Secreto del componente"`
	Title   string          `json:"title,omitempty" doc:"The name that apps show for address. Default: address itself." doc_es:"El nombre que las aplicaciones muestran para address. Por defecto, la propia address." label:"Name" label_es:"Nombre"`
	Upload  string          `json:"upload,omitempty" doc:"The server's upload service (XEP-0363), such as upload.example.com. Without it files go as a link to where they are." doc_es:"El servicio de subida del servidor (XEP-0363), como upload.example.com. Sin él los ficheros van como un enlace a donde están." label:"Upload service" label_es:"Servicio de subida"`
}

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if _, _, err := a.server(); err != nil {
		errs = append(errs, errors.New("url: must be xmpp:// or xmpps://, a host and a port, such as xmpp://xmpp.example.com:5347"))
	}
	if !isJID(a.Address) || a.Address != strings.ToLower(a.Address) {
		errs = append(errs, errors.New("address: must be a name and the component's domain in small letters, such as support@bridge.example.com"))
	}
	if len(a.Title) > 100 {
		errs = append(errs, errors.New("title: has up to 100 bytes"))
	}
	if a.Upload != "" && (len(a.Upload) > 1023 || !domain.MatchString(a.Upload)) {
		errs = append(errs, errors.New("upload: must be a domain, such as upload.example.com"))
	}
	return errors.Join(errs...)
}

// Identity implements [provider.Identity]: a server takes one stream of a component.
func (a Account) Identity() string { return a.URL + " " + domainOf(a.Address) }

// Exclusive implements [provider.Exclusive]: a server takes one stream of a component, and each channel has its own.
func (a Account) Exclusive() provider.Claim {
	return provider.Claim{Field: "address", Value: strings.ToLower(a.Identity())}
}

// server is where the server is, and whether TLS is spoken.
func (a Account) server() (host string, tls bool, err error) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "xmpp" && u.Scheme != "xmpps" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, errors.New("no address of a server")
	}
	if _, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || u.Hostname() == "" {
		return "", false, errors.New("no host and port")
	}
	return net.JoinHostPort(u.Hostname(), u.Port()), u.Scheme == "xmpps", nil
}

// title is what the account is called.
func (a Account) title() string {
	if a.Title != "" {
		return a.Title
	}
	return a.Address
}

// maxJID is the longest bare JID: https://www.rfc-editor.org/rfc/rfc7622#section-3.1
const maxJID = 1023 + 1 + 1023

var (
	// https://www.rfc-editor.org/rfc/rfc7622#section-3.3.1 says what a name does not have.
	bareJID = regexp.MustCompile(`^[^\s\x00-\x1f\x7f"&'/:<>@]+@[^\s\x00-\x1f\x7f"&'/<>@]+$`)
	domain  = regexp.MustCompile(`^[^\s\x00-\x1f\x7f"&'/<>@]+$`)
)

// isJID says whether an address is a bare JID with a name.
func isJID(address string) bool { return len(address) <= maxJID && bareJID.MatchString(address) }

// bare is a JID without what comes after the slash.
func bare(jid string) string {
	before, _, _ := strings.Cut(jid, "/")
	return before
}

// domainOf is the domain of a JID.
func domainOf(jid string) string {
	jid = bare(jid)
	if _, after, ok := strings.Cut(jid, "@"); ok {
		return after
	}
	return jid
}
