package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Account is one app.
type Account struct {
	URL       string           `json:"url" doc:"Where your app takes messages: an http or https address, such as https://app.example.com/bonychat." doc_es:"Dónde recibe mensajes su aplicación: una dirección http o https, como https://app.example.com/bonychat." label:"Your app's address" label_es:"Dirección de su aplicación"`
	Secret    provider.Secrets `json:"secret" doc:"What both sides sign with: whsec_ and 24 to 64 random bytes in base64. Make it with: echo whsec_$(openssl rand -base64 32). While it is being changed, a list with the new one first." doc_es:"Con lo que firman los dos lados: whsec_ y de 24 a 64 bytes aleatorios en base64. Se hace con: echo whsec_$(openssl rand -base64 32). Mientras se cambia, una lista con el nuevo primero." label:"Signing secret" label_es:"Secreto de firma"`
	PublicKey string           `json:"public_key,omitempty"  doc:"For an app that signs by a private key of its own (v1a): its Ed25519 public key, whpk_ and 32 bytes in base64. Calls signed with the secret are taken as well." doc_es:"Para una aplicación que firma con una clave privada suya (v1a): su clave pública Ed25519, whpk_ y 32 bytes en base64. También se aceptan llamadas firmadas con el secreto." label:"Your app's public key" label_es:"Clave pública de su aplicación"`
	Bearer    provider.Secret  `json:"bearer,omitempty" doc:"Sent with every message as Authorization: Bearer, for a gateway in front of your app that asks for a token. Most need none." doc_es:"Se envía con cada mensaje como Authorization: Bearer, para una pasarela delante de su aplicación que pide un token. La mayoría no lo necesita." label:"Bearer token" label_es:"Token Bearer"`
}

// Bounds of a secret, in bytes:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
const (
	shortestKey = 24
	longestKey  = 64
)

// What begins a secret, and a public key.
const (
	secretPrefix = "whsec_"
	publicPrefix = "whpk_"
)

// Validate joins all that is wrong with the account. No error holds a value.
func (a Account) Validate() error {
	var errs []error
	u, err := url.Parse(a.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		errs = append(errs, errors.New("url: must be an absolute http or https URL without credentials or fragment"))
	}
	for _, s := range a.Secret.Reveal() {
		if !strings.HasPrefix(s, secretPrefix) {
			errs = append(errs, errors.New("secret: must begin with whsec_"))
			break
		}
		if key := keyOf(s); len(key) < shortestKey || len(key) > longestKey {
			errs = append(errs, errors.New("secret: must be 24 to 64 bytes in base64 after whsec_"))
			break
		}
	}
	if text, ok := strings.CutPrefix(a.PublicKey, publicPrefix); a.PublicKey != "" {
		key, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(key) != ed25519.PublicKeySize {
			errs = append(errs, errors.New("public_key: must be whpk_ and 32 bytes in base64"))
		}
	}
	return errors.Join(errs...)
}

// keyOf are the bytes of a secret, nil where it is none.
func keyOf(secret string) []byte {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return nil
	}
	return key
}
