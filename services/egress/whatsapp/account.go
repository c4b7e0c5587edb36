package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/bonychat/puente/pkg/provider"
)

// DefaultAPI is Meta's Graph API.
const DefaultAPI = "https://graph.facebook.com"

// version is the Graph API's: https://developers.facebook.com/docs/graph-api/changelog/version23.0
const version = "v23.0"

// Account is one business phone number.
type Account struct {
	PhoneNumberID string           `json:"phone_number_id" doc:"The id of the business phone number (not the number itself), as the app's dashboard shows it under WhatsApp, API Setup." doc_es:"El id del número de teléfono de empresa (no el número), como lo muestra el panel de la aplicación en WhatsApp, API Setup." label:"Phone number ID" label_es:"Id del número de teléfono"`
	AccessToken   provider.Secret  `json:"access_token" doc:"A token of a system user with the permissions whatsapp_business_messaging and whatsapp_business_management. The dashboard's temporary token ends after a day." doc_es:"Un token de un usuario del sistema con los permisos whatsapp_business_messaging y whatsapp_business_management. El token temporal del panel dura un día." label:"Access token" label_es:"Token de acceso"`
	AppSecret     provider.Secrets `json:"app_secret" doc:"The app's secret, as its dashboard shows it under App settings, Basic: it signs every webhook call. While it is being changed, a list with the new one first." doc_es:"El secreto de la aplicación, como lo muestra su panel en App settings, Basic: firma cada llamada del webhook. Mientras se cambia, una lista con el nuevo primero." label:"App secret" label_es:"Secreto de la app"`
	VerifyToken   provider.Secrets `json:"verify_token" doc:"What Meta shows when it asks whether the webhook is yours. Choose it yourself, long and random. While it is being changed, a list with the new one first." doc_es:"Lo que enseña Meta cuando pregunta si el webhook es suyo. Elíjalo usted, largo y aleatorio. Mientras se cambia, una lista con el nuevo primero." label:"Verify token" label_es:"Token de verificación"`
	Template      *Template        `json:"template,omitempty" doc:"An approved template, {name, language}, whose body has one parameter: a text to a contact who has not written for 24 hours goes as it, so that one can write first." doc_es:"Una plantilla aprobada, {name, language}, cuyo texto tiene un parámetro: con ella sale un texto a un contacto que no ha escrito en 24 horas, para poder escribir primero." label:"Approved template" label_es:"Plantilla aprobada"`
	API           string           `json:"api,omitempty" doc:"Where the Graph API is: scheme, host and port. Default https://graph.facebook.com." doc_es:"Dónde está la Graph API: esquema, host y puerto. Por defecto https://graph.facebook.com." label:"Graph API address" label_es:"Dirección de la Graph API"`
}

// Identity implements [provider.Identity]: throughput is counted by number.
func (a Account) Identity() string { return a.PhoneNumberID }

// Template is an approved message template with one parameter in its body.
type Template struct {
	Name     string
	Language string

	problems []error
}

// UnmarshalJSON keeps what is wrong for Validate, which can say where.
func (t *Template) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		t.problems = append(t.problems, errors.New("template: must be an object with name and language"))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		into := map[string]*string{"name": &t.Name, "language": &t.Language}[name]
		switch {
		case into == nil:
			t.problems = append(t.problems, fmt.Errorf("template.%s: unknown field; template has name, language", name))
		case json.Unmarshal(fields[name], into) != nil:
			t.problems = append(t.problems, fmt.Errorf("template.%s: must be string", name))
		}
	}
	return nil
}

var (
	digits = regexp.MustCompile(`^[0-9]{1,30}$`)
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
	templateName     = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)
	templateLanguage = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2,3})?$`)
)

func (t *Template) validate() []error {
	errs := t.problems
	if len(errs) > 0 {
		return errs
	}
	if !templateName.MatchString(t.Name) {
		errs = append(errs, errors.New("template.name: must be 1 to 512 of a-z 0-9 _"))
	}
	if !templateLanguage.MatchString(t.Language) {
		errs = append(errs, errors.New("template.language: must be a code such as es or en_US"))
	}
	return errs
}

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	if !digits.MatchString(a.PhoneNumberID) {
		errs = append(errs, errors.New("phone_number_id: must be digits only: it is the number's id, not the number"))
	}
	if a.Template != nil {
		errs = append(errs, a.Template.validate()...)
	}
	errs = append(errs, provider.CheckAddress("api", a.API, DefaultAPI))
	return errors.Join(errs...)
}
