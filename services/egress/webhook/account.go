package webhook

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
)

// Account is one app.
type Account struct {
	URL    string           `json:"url" doc:"Where your app takes messages: an http or https address, such as https://app.example.com/bonychat."`
	Secret provider.Secrets `json:"secret" doc:"What both sides sign with: whsec_ and 24 to 64 random bytes in base64. Make it with: echo whsec_$(openssl rand -base64 32). While it is being changed, a list with the new one first."`
	Bearer provider.Secret  `json:"bearer,omitempty" doc:"Sent with every message as Authorization: Bearer, for a gateway in front of your app that asks for a token. Most need none."`
}

// Bounds of a secret, in bytes:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
const (
	shortestKey = 24
	longestKey  = 64
)

// secretPrefix begins a secret.
const secretPrefix = "whsec_"

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
