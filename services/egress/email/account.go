package email

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/internal/letter"
	"github.com/bonychat/puente/services/egress/email/internal/smtp"
)

// Account is one mailbox, and the server that its mails go out by.
type Account struct {
	Address      string          `json:"address" doc:"The mailbox's address, such as soporte@example.com: what mails are from." doc_es:"La dirección del buzón, como soporte@example.com: de quién son los correos." label:"Mailbox's address" label_es:"Dirección del buzón"`
	Name         string          `json:"name,omitempty" doc:"What contacts see beside the address, such as Acme Soporte." doc_es:"Lo que ven los contactos junto a la dirección, como Acme Soporte." label:"Name" label_es:"Nombre"`
	IMAP         string          `json:"imap" doc:"Where the mailbox is read: imaps://imap.example.com:993 (TLS), or imap://imap.example.com:143 (TLS by STARTTLS)." doc_es:"Dónde se lee el buzón: imaps://imap.example.com:993 (TLS), o imap://imap.example.com:143 (TLS por STARTTLS)." label:"IMAP server" label_es:"Servidor IMAP"`
	SMTP         string          `json:"smtp" doc:"Where mails are handed over: smtps://smtp.example.com:465 (TLS), or smtp://smtp.example.com:587 (TLS by STARTTLS)." doc_es:"Dónde se entregan los correos: smtps://smtp.example.com:465 (TLS), o smtp://smtp.example.com:587 (TLS por STARTTLS)." label:"SMTP server" label_es:"Servidor SMTP"`
	User         string          `json:"user,omitempty" doc:"The login at both servers. Default: the address." doc_es:"El usuario en los dos servidores. Por defecto, la dirección." label:"User" label_es:"Usuario"`
	Password     provider.Secret `json:"password,omitempty" doc:"The login's password. With Gmail an app password, without its blanks. Either this or token_url." doc_es:"La contraseña de ese usuario. Con Gmail, una contraseña de aplicación, sin espacios. O esto o token_url." label:"Password" label_es:"Contraseña"`
	TokenURL     string          `json:"token_url,omitempty" doc:"Where access tokens are given, for servers that take those in place of a password (XOAUTH2): https://login.microsoftonline.com/TENANT/oauth2/v2.0/token for Microsoft 365, https://oauth2.googleapis.com/token for Google." doc_es:"Dónde se dan los tokens de acceso, para servidores que los piden en lugar de una contraseña (XOAUTH2): https://login.microsoftonline.com/TENANT/oauth2/v2.0/token para Microsoft 365, https://oauth2.googleapis.com/token para Google." label:"Token address (OAuth)" label_es:"Dirección de tokens (OAuth)"`
	ClientID     string          `json:"client_id,omitempty" doc:"The application's id, with token_url." doc_es:"El identificador de la aplicación, con token_url." label:"Client ID (OAuth)" label_es:"Id de cliente (OAuth)"`
	ClientSecret provider.Secret `json:"client_secret,omitempty" doc:"The application's secret, with token_url. Without a refresh token the application logs in by itself." doc_es:"El secreto de la aplicación, con token_url. Sin refresh_token, la aplicación entra por sí misma." label:"Client secret (OAuth)" label_es:"Secreto de cliente (OAuth)"`
	RefreshToken provider.Secret `json:"refresh_token,omitempty" doc:"The refresh token that the mailbox's owner has given the application. Where it changes with each use, Puente keeps the new one." doc_es:"El token de actualización que el dueño del buzón ha dado a la aplicación. Si cambia con cada uso, Puente guarda el nuevo." label:"Refresh token (OAuth)" label_es:"Token de actualización (OAuth)"`
	Scope        string          `json:"scope,omitempty" doc:"What the application may do: https://outlook.office365.com/.default where it logs in by itself at Microsoft." doc_es:"Qué puede hacer la aplicación: https://outlook.office365.com/.default si entra por sí misma en Microsoft." label:"Scope (OAuth)" label_es:"Permisos (OAuth)"`
	Mailbox      string          `json:"mailbox,omitempty" doc:"The folder that is read. Default: INBOX." doc_es:"La carpeta que se lee. Por defecto INBOX." label:"Folder" label_es:"Carpeta"`
	From         string          `json:"from,omitempty" doc:"What is read when the channel is new: now (default), mails that come from then on, or beginning, all that are in the folder." doc_es:"Qué se lee cuando el canal es nuevo: now (por defecto), los correos que lleguen desde entonces, o beginning, todos los que hay en la carpeta." label:"Where to begin" label_es:"Desde dónde se lee" values:"now,beginning"`
	Subject      string          `json:"subject,omitempty" doc:"The subject of a mail to a contact who has not written yet. Default: the name, or the address." doc_es:"El asunto de un correo a un contacto que aún no ha escrito. Por defecto, el nombre o la dirección." label:"Subject of new mails" label_es:"Asunto de los correos nuevos"`
	Receipts     string          `json:"receipts,omitempty" doc:"What servers are asked to report to the mailbox: failures (default), or all, deliveries too, which is a mail more for each." doc_es:"Qué se pide a los servidores que comuniquen al buzón: failures (por defecto), los fallos, o all, también las entregas, que es un correo más por cada uno." label:"Receipts asked for" label_es:"Confirmaciones que se piden" values:"failures,all"`
	Encryption   string          `json:"encryption,omitempty" doc:"required (default), or none, for servers on a network of one's own: then logins and mails go as they are." doc_es:"required (por defecto), o none, para servidores de una red propia: entonces contraseñas y correos van sin cifrar." label:"Encryption" label_es:"Cifrado" values:"required,none"`
	Rate         int             `json:"rate,omitempty" doc:"How many mails a minute the server takes: 1 to 10000. Without it they go as they come, and wait where the server says that it is too much." doc_es:"Cuántos correos por minuto admite el servidor: de 1 a 10000. Sin ello salen según llegan, y esperan si el servidor dice que son demasiados." label:"Mails a minute" label_es:"Correos por minuto"`
}

// The values of settings.
const (
	fromNow, fromBeginning    = "now", "beginning"
	onlyFailures, allReceipts = "failures", "all"
	required, none            = "required", "none"
	inbox                     = "INBOX"
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	wrong := func(bad bool, what string) {
		if bad {
			errs = append(errs, errors.New(what))
		}
	}
	wrong(!smtp.Addressable(a.Address) || strings.ContainsFunc(a.Address, wide), "address: must be an address such as soporte@example.com")
	wrong(len(a.Name) > 100 || letter.OneLine(a.Name) != a.Name, "name: has up to 100 characters, on one line")
	_, err := serverOf(a.IMAP, "imap", "imaps")
	wrong(err != nil, "imap: must be imaps:// or imap://, a host and a port, such as imaps://imap.example.com:993")
	_, err = serverOf(a.SMTP, "smtp", "smtps")
	wrong(err != nil, "smtp: must be smtps:// or smtp://, a host and a port, such as smtps://smtp.example.com:465")
	wrong(len(a.User) > 200 || letter.OneLine(a.User) != a.User, "user: has up to 200 characters, on one line")
	wrong(strings.ContainsAny(a.Password.Reveal(), "\r\n\x00"), "password: is one line")
	switch password, token := a.Password.Reveal() != "", a.TokenURL != ""; {
	case !password && !token:
		wrong(true, "password: is required, or token_url in its place")
	case password && token:
		wrong(true, "token_url: stands in place of a password, not beside it")
	case token:
		u, err := url.Parse(a.TokenURL)
		wrong(err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.Fragment != "",
			"token_url: must be an https address")
		wrong(a.ClientID == "", "client_id: is required with token_url")
		wrong(a.ClientSecret.Reveal() == "" && a.RefreshToken.Reveal() == "", "refresh_token: is required with token_url, or client_secret")
	}
	wrong(len(a.Mailbox) > 200 || letter.OneLine(a.Mailbox) != a.Mailbox, "mailbox: has up to 200 characters, on one line")
	wrong(a.From != "" && a.From != fromNow && a.From != fromBeginning, "from: must be now or beginning")
	wrong(len(a.Subject) > 200 || letter.OneLine(a.Subject) != a.Subject, "subject: has up to 200 characters, on one line")
	wrong(a.Receipts != "" && a.Receipts != onlyFailures && a.Receipts != allReceipts, "receipts: must be failures or all")
	wrong(a.Encryption != "" && a.Encryption != required && a.Encryption != none, "encryption: must be required or none")
	wrong(a.Rate < 0 || a.Rate > 10000, "rate: must be 1 to 10000")
	return errors.Join(errs...)
}

func wide(r rune) bool { return r >= 0x80 }

// Identity implements [provider.Identity]: servers count by the login.
func (a Account) Identity() string { return a.SMTP + " " + a.user() }

// Exclusive implements [provider.Exclusive]: a mailbox that two channels read would be shown in both.
func (a Account) Exclusive() provider.Claim {
	field := "address"
	if a.Mailbox != "" {
		field = "mailbox"
	}
	folder := a.mailbox()
	if strings.EqualFold(folder, inbox) { // https://www.rfc-editor.org/rfc/rfc9051#section-5.1
		folder = inbox
	}
	return provider.Claim{Field: field, Value: strings.ToLower(strings.TrimSuffix(a.IMAP, "/")) + " " + a.user() + " " + folder}
}

// Agreed implements [provider.Agreed].
func (a Account) Agreed() provider.Agreement {
	return provider.Agreement{Rate: provider.Rate{Sends: a.Rate, Per: time.Minute}}
}

func (a Account) user() string    { return cmp.Or(a.User, a.Address) }
func (a Account) mailbox() string { return cmp.Or(a.Mailbox, inbox) }
func (a Account) subject() string { return cmp.Or(a.Subject, a.Name, a.Address) }
func (a Account) domain() string  { return letter.Domain(a.Address) }

// server is where one is, and whether TLS begins with the connection.
type server struct {
	host string // with the port
	name string // without
	tls  bool
}

// serverOf reads an address of a server: that of the second scheme has TLS.
func serverOf(address, plain, secure string) (server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != plain && u.Scheme != secure || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return server{}, errors.New("no address of a server")
	}
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || n == 0 || u.Hostname() == "" {
		return server{}, errors.New("no host and port")
	}
	return server{net.JoinHostPort(u.Hostname(), u.Port()), u.Hostname(), u.Scheme == secure}, nil
}
