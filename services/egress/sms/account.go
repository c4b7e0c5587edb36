package sms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Account is one customer of an SMS provider, and the sender that a channel writes with.
type Account struct {
	Provider string           `json:"provider" doc:"Which provider: africastalking, infobip, plivo, sinch, telnyx or vonage; or custom, and send and incoming say how it is spoken with." doc_es:"Qué proveedor: africastalking, infobip, plivo, sinch, telnyx o vonage; o custom, y send e incoming dicen cómo se habla con él." label:"Provider" label_es:"Proveedor" values:"africastalking,infobip,plivo,sinch,telnyx,vonage,custom"`
	From     string           `json:"from,omitempty" doc:"What messages are from, as the provider writes it: a number such as +34600111222, a short code, or a name. Some providers need none." doc_es:"De quién son los mensajes, como lo escribe el proveedor: un número como +34600111222, un número corto o un nombre. Algunos proveedores no lo necesitan." label:"Sender" label_es:"Remitente"`
	User     string           `json:"user,omitempty" doc:"{user}: what stands beside a credential and is none itself, such as a login, an account's id or an API key that has a secret." doc_es:"{user}: lo que acompaña a una credencial sin serlo, como un usuario, el id de una cuenta o una clave de API que tiene un secreto." label:"User" label_es:"Usuario"`
	Password provider.Secret  `json:"password,omitempty,omitzero" doc:"{password}: the password or the API secret that belongs to user." doc_es:"{password}: la contraseña o el secreto de la API que va con user." label:"Password or API secret" label_es:"Contraseña o secreto de la API"`
	Key      provider.Secret  `json:"key,omitempty,omitzero" doc:"{key}: an API key or a token that stands alone." doc_es:"{key}: una clave de API o un token que va solo." label:"API key" label_es:"Clave de la API"`
	Secret   provider.Secrets `json:"secret" doc:"What the provider's calls are told from forged ones by: 1 to 256 of A-Z a-z 0-9 _ -. Choose it yourself, long and random. While it is being changed, a list with the new one first." doc_es:"Por lo que se distinguen las llamadas del proveedor de las falsas: de 1 a 256 de A-Z a-z 0-9 _ -. Elíjalo usted, largo y aleatorio. Mientras se cambia, una lista con el nuevo primero." label:"Webhook secret" label_es:"Secreto del webhook"`
	API      string           `json:"api,omitempty" doc:"Where the API is, in place of the declared host: scheme, host and port. Needed where the provider gives each customer an address of its own." doc_es:"Dónde está la API, en lugar del host declarado: esquema, host y puerto. Hace falta si el proveedor da a cada cliente una dirección propia." label:"API address" label_es:"Dirección de la API"`
	Send     json.RawMessage  `json:"send,omitempty" doc:"With provider custom: how a message is sent, and what answers mean." doc_es:"Con el proveedor custom: cómo se envía un mensaje y qué significan las respuestas." label:"How messages are sent" label_es:"Cómo se envían los mensajes"`
	Incoming json.RawMessage  `json:"incoming,omitempty" doc:"With provider custom: how the provider's calls read. Without it nothing comes in." doc_es:"Con el proveedor custom: cómo se leen las llamadas del proveedor. Sin ello no entra nada." label:"How calls read" label_es:"Cómo se leen las llamadas"`
}

// custom is the provider that the account itself declares.
const custom = "custom"

var hookSecret = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`) // goes into an address as it is

// declaration is how the account's provider is spoken with. The error joins all that is wrong with it; none holds a value.
func (a Account) declaration() (*Declaration, error) {
	if a.Provider != custom {
		d, ok := ready[a.Provider]
		if !ok {
			return nil, fmt.Errorf("provider: must be custom or one of %s", strings.Join(Providers(), ", "))
		}
		var errs []error
		for field, value := range map[string]json.RawMessage{"send": a.Send, "incoming": a.Incoming} {
			if len(value) > 0 {
				errs = append(errs, fmt.Errorf("%s: is for provider custom; with another one it is declared", field))
			}
		}
		return d, errors.Join(errs...)
	}
	d := &Declaration{}
	if len(a.Send) == 0 {
		return nil, errors.New("send: is required with provider custom")
	}
	errs := []error{strict("send", a.Send, &d.Send)}
	if len(a.Incoming) > 0 {
		errs = append(errs, strict("incoming", a.Incoming, &d.Incoming))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return d, errors.Join(d.check()...)
}

// check lists what is wrong with a declaration that was read.
func (d *Declaration) check() []error {
	_, err := d.Send.compile()
	return []error{err, d.Send.check(), d.Incoming.check()}
}

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if slices.ContainsFunc(a.Secret.Reveal(), func(s string) bool { return !hookSecret.MatchString(s) }) {
		errs = append(errs, errors.New("secret: must be 1 to 256 of A-Z a-z 0-9 _ -"))
	}
	for _, one := range [][2]string{{"from", a.From}, {"user", a.User}} {
		if strings.ContainsFunc(one[1], control) {
			errs = append(errs, fmt.Errorf("%s: must hold no line break", one[0]))
		}
	}
	for _, one := range [][2]string{{"password", a.Password.Reveal()}, {"key", a.Key.Reveal()}} {
		if strings.ContainsFunc(one[1], control) {
			errs = append(errs, fmt.Errorf("%s: must hold no line break", one[0]))
		}
	}
	errs = append(errs, provider.CheckAddress("api", a.API, ""))
	d, err := a.declaration()
	if err != nil {
		return flatten(append(errs, err))
	}
	return flatten(append(errs, a.missing(d)...))
}

// missing is what the declaration needs and the account has not.
func (a Account) missing(d *Declaration) (errs []error) {
	r, err := d.Send.compile()
	if err != nil {
		return nil // told already
	}
	have := map[string]string{"user": a.User, "password": a.Password.Reveal(), "key": a.Key.Reveal()}
	for _, field := range []string{"user", "password", "key"} {
		if have[field] == "" && slices.Contains(r.fields(), field) {
			errs = append(errs, fmt.Errorf("%s: is required with this provider", field))
		}
	}
	if d.From && a.From == "" {
		errs = append(errs, errors.New("from: is required with this provider"))
	}
	if r.base == "" && a.API == "" {
		errs = append(errs, errors.New("api: is required with this provider, since each customer has an address of its own"))
	}
	return errs
}

// flatten joins errors that may be joined themselves, as one list.
func flatten(errs []error) error {
	var all []error
	for _, err := range errs {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, flatten(joined.Unwrap()))
			continue
		}
		all = append(all, err)
	}
	var flat []error
	for _, err := range all {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			flat = append(flat, joined.Unwrap()...)
		} else if err != nil {
			flat = append(flat, err)
		}
	}
	return errors.Join(flat...)
}

// Identity implements [provider.Identity]: a provider counts by its customer, with however many senders. It is a hash, since
// what tells customers apart may be a credential.
func (a Account) Identity() string {
	h := sha256.New()
	for _, part := range []string{a.Provider, a.API, a.User, a.Password.Reveal(), a.Key.Reveal(), string(a.Send)} {
		fmt.Fprintf(h, "%d %s ", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}
