package smpp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Account is one login at an SMSC, and the sender that a channel writes with.
type Account struct {
	URL             string          `json:"url" doc:"Where the SMSC is, such as smpp://smsc.example.com:2775, or smpps://smsc.example.com:3550 with TLS." doc_es:"Dónde está el SMSC, como smpp://smsc.example.com:2775, o smpps://smsc.example.com:3550 con TLS." label:"SMSC address" label_es:"Dirección del SMSC"`
	SystemID        string          `json:"system_id" doc:"The login, as the carrier gave it: up to 15 characters." doc_es:"El usuario que dio el operador: hasta 15 caracteres." label:"Login (system_id)" label_es:"Usuario (system_id)"`
	Password        provider.Secret `json:"password" doc:"The login's password: up to 8 characters by the specification, and some SMSCs take more." doc_es:"La contraseña de ese usuario: hasta 8 caracteres según la especificación; algunos SMSC admiten más." label:"Password" label_es:"Contraseña"`
	SystemType      string          `json:"system_type,omitempty" doc:"The system type, where the carrier asks for one: up to 12 characters." doc_es:"El system type, si el operador pide uno: hasta 12 caracteres." label:"System type" label_es:"System type"`
	Source          string          `json:"source" doc:"What messages are from: a short code such as 62626, a number such as +34600111222, or a name of up to 11 characters, which cannot be answered." doc_es:"De quién son los mensajes: un número corto como 62626, un número como +34600111222, o un nombre de hasta 11 caracteres, al que no se puede contestar." label:"Sender" label_es:"Remitente"`
	Mode            string          `json:"mode,omitempty" doc:"How to bind: transceiver (default), or pair, a transmitter and a receiver, for SMSCs that know no transceiver." doc_es:"Cómo conectarse: transceiver (por defecto), o pair, un transmisor y un receptor, para los SMSC que no conocen transceiver." label:"How to bind" label_es:"Cómo conectarse" values:"transceiver,pair"`
	Window          int             `json:"window,omitempty" doc:"How many messages may be unanswered at a time, as agreed with the carrier: 1 to 1000, default 10." doc_es:"Cuántos mensajes pueden estar sin respuesta a la vez, según lo acordado con el operador: de 1 a 1000, por defecto 10." label:"Unanswered messages at a time" label_es:"Mensajes sin respuesta a la vez"`
	Rate            int             `json:"rate,omitempty" doc:"How many messages a second the carrier takes of the login, as agreed: 1 to 10000. Without it messages go as fast as the window lets them, and wait where the SMSC says that it is too much." doc_es:"Cuántos mensajes por segundo admite el operador de este usuario, según lo acordado: de 1 a 10000. Sin ello salen tan deprisa como deja window, y esperan si el SMSC dice que son demasiados." label:"Messages a second" label_es:"Mensajes por segundo"`
	Long            string          `json:"long,omitempty" doc:"How a text goes that one SMS does not hold: udh (default), in parts that the phone joins, or payload, whole, for the SMSC to cut (message_payload)." doc_es:"Cómo va un texto que no cabe en un SMS: udh (por defecto), en partes que une el teléfono, o payload, entero, para que lo corte el SMSC (message_payload)." label:"Long texts" label_es:"Textos largos" values:"udh,payload"`
	DefaultAlphabet string          `json:"default_alphabet,omitempty" doc:"What the SMSC takes data_coding 0 for: gsm (default), which is GSM 03.38 with one septet in each octet, or latin1." doc_es:"Lo que el SMSC entiende por data_coding 0: gsm (por defecto), que es GSM 03.38 con un septeto en cada octeto, o latin1." label:"Default alphabet" label_es:"Alfabeto por defecto" values:"gsm,latin1"`
	MessageIDs      string          `json:"message_ids,omitempty" doc:"How receipts spell the ids of messages: same (default), as the answer to the message did; hex, where the answer has hexadecimal ids and receipts have the same number in decimal; decimal, for the reverse." doc_es:"Cómo escriben las confirmaciones los ids de los mensajes: same (por defecto), como la respuesta al mensaje; hex, si la respuesta los da en hexadecimal y las confirmaciones dan el mismo número en decimal; decimal, al revés." label:"Ids in receipts" label_es:"Ids en las confirmaciones" values:"same,hex,decimal"`
	SourceType      string          `json:"source_type,omitempty" doc:"TON and NPI of source, such as 3/0. By default 1/1 for a number with a plus, 5/0 for a name, and 3/0 for a short code." doc_es:"TON y NPI de source, como 3/0. Por defecto 1/1 para un número con más, 5/0 para un nombre y 3/0 para un número corto." label:"Sender's TON and NPI" label_es:"TON y NPI del remitente"`
	DestinationType string          `json:"destination_type,omitempty" doc:"TON and NPI of the contacts' numbers, such as 1/1, which is the default." doc_es:"TON y NPI de los números de los contactos, como 1/1, que es lo que vale por defecto." label:"Contacts' TON and NPI" label_es:"TON y NPI de los contactos"`
	CountryCode     string          `json:"country_code,omitempty" doc:"The code of the country, such as 34, that numbers are of which the SMSC tells without one. Default: that of source, where it is a number with a plus." doc_es:"El prefijo del país, como 34, de los números que el SMSC dice sin él. Por defecto, el de source si es un número con más." label:"Country code" label_es:"Prefijo del país"`
}

var (
	code    = regexp.MustCompile(`^[0-9]{3,15}$`)
	number  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // https://www.itu.int/rec/T-REC-E.164
	name    = regexp.MustCompile(`^[A-Za-z0-9 ._&-]{1,11}$`)
	country = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	wrong := func(bad bool, what string) {
		if bad {
			errs = append(errs, errors.New(what))
		}
	}
	_, _, err := a.address()
	wrong(err != nil, "url: must be smpp:// or smpps://, a host and a port, such as smpp://smsc.example.com:2775")
	wrong(len(a.SystemID) > 15 || strings.Contains(a.SystemID, "\x00"), "system_id: has up to 15 characters")
	wrong(len(a.Password.Reveal()) > 64 || strings.Contains(a.Password.Reveal(), "\x00"), "password: has up to 64 characters")
	wrong(len(a.SystemType) > 12 || strings.Contains(a.SystemType, "\x00"), "system_type: has up to 12 characters")
	wrong(!code.MatchString(a.Source) && !number.MatchString(a.Source) && !name.MatchString(a.Source),
		"source: must be a short code, a number such as +34600111222, or a name of up to 11 letters, digits, blanks and . _ & -")
	wrong(a.Mode != "" && a.Mode != transceiver && a.Mode != pair, "mode: must be transceiver or pair")
	wrong(a.Window < 0 || a.Window > 1000, "window: must be 1 to 1000")
	wrong(a.Rate < 0 || a.Rate > 10000, "rate: must be 1 to 10000")
	wrong(a.Long != "" && a.Long != byUDH && a.Long != byPayload, "long: must be udh or payload")
	wrong(a.DefaultAlphabet != "" && a.DefaultAlphabet != gsm && a.DefaultAlphabet != latin1, "default_alphabet: must be gsm or latin1")
	wrong(a.MessageIDs != "" && a.MessageIDs != idsSame && a.MessageIDs != idsHex && a.MessageIDs != idsDecimal, "message_ids: must be same, hex or decimal")
	for field, value := range map[string]string{"source_type": a.SourceType, "destination_type": a.DestinationType} {
		_, _, ok := numbering(value)
		wrong(value != "" && !ok, fmt.Sprintf("%s: must be a TON of 0 to 6 and an NPI of 0 to 18, such as 1/1", field))
	}
	wrong(a.CountryCode != "" && !country.MatchString(a.CountryCode), "country_code: must be up to 3 digits, such as 34")
	return errors.Join(errs...)
}

// The values of settings.
const (
	transceiver, pair           = "transceiver", "pair"
	byUDH, byPayload            = "udh", "payload"
	gsm, latin1                 = "gsm", "latin1"
	idsSame, idsHex, idsDecimal = "same", "hex", "decimal"
)

// Identity implements [provider.Identity]: a carrier counts by the login.
func (a Account) Identity() string { return a.URL + " " + a.SystemID }

// Exclusive implements [provider.Exclusive]: what comes over a login is told apart by the source that it is to.
func (a Account) Exclusive() provider.Claim {
	host, _, _ := a.address() // of a valid account
	return provider.Claim{Field: "source", Value: strings.ToLower(host) + " " + a.SystemID + " " + bare(a.Source)}
}

// Agreed implements [provider.Agreed]: the contract's messages a second, and as many contacts at once as may be unanswered.
func (a Account) Agreed() provider.Agreement {
	return provider.Agreement{Rate: provider.Rate{Sends: a.Rate, Per: time.Second}, Concurrency: a.window()}
}

// address is where the SMSC is, and whether TLS is spoken.
func (a Account) address() (host string, tls bool, err error) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "smpp" && u.Scheme != "smpps" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, errors.New("no address of an SMSC")
	}
	if _, err := strconv.ParseUint(u.Port(), 10, 16); err != nil || u.Hostname() == "" {
		return "", false, errors.New("no host and port")
	}
	return net.JoinHostPort(u.Hostname(), u.Port()), u.Scheme == "smpps", nil
}

// window is how many messages may be unanswered.
func (a Account) window() int {
	if a.Window == 0 {
		return 10
	}
	return a.Window
}

// numbering reads a TON and an NPI: "1/1".
func numbering(text string) (ton, npi byte, ok bool) {
	t, n, _ := strings.Cut(text, "/")
	one, err := strconv.ParseUint(t, 10, 8)
	two, bad := strconv.ParseUint(n, 10, 8)
	return byte(one), byte(two), err == nil && bad == nil && one <= 6 && two <= 18
}

// from is the address that messages are from.
func (a Account) from() pdu.Address {
	at := pdu.Address{TON: 5, NPI: 0, Number: a.Source}
	switch {
	case number.MatchString(a.Source):
		at = pdu.Address{TON: 1, NPI: 1, Number: a.Source[1:]}
	case code.MatchString(a.Source):
		at.TON = 3
	}
	if ton, npi, ok := numbering(a.SourceType); ok {
		at.TON, at.NPI = ton, npi
	}
	return at
}

// to is the address of a contact's number: without its plus, which the type stands for.
func (a Account) to(contact string) pdu.Address {
	at := pdu.Address{TON: 1, NPI: 1, Number: strings.TrimPrefix(contact, "+")}
	if !strings.HasPrefix(contact, "+") { // a short code
		at.TON = 0
	}
	if ton, npi, ok := numbering(a.DestinationType); ok {
		at.TON, at.NPI = ton, npi
	}
	return at
}

// here is a number of the country that the channel is in, "" where that is not known.
func (a Account) here() string {
	if a.CountryCode != "" {
		return "+" + a.CountryCode + "0000000000"[:min(10, 15-len(a.CountryCode))]
	}
	if number.MatchString(a.Source) {
		return a.Source
	}
	return ""
}
