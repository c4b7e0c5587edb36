package session

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"time"
)

// formCookie holds what a form of this browser has to show: another site's page can have the browser send the cookie, and not
// read it.
const formCookie = "puente_form"

const formBytes = 32

// Form is what forms of this browser have to show, in their field [FormField]. It sets the cookie where there is none. It looks
// different each time, so that nothing can be learned from how well a page is compressed.
func (s *Sessions) Form(w http.ResponseWriter, r *http.Request) string {
	secret := secretOf(r)
	if secret == nil {
		secret = make([]byte, formBytes)
		_, _ = rand.Read(secret)
		s.set(w, r, formCookie, encode(secret), int(30*24*time.Hour/time.Second), http.SameSiteLaxMode)
	}
	mask := make([]byte, formBytes)
	_, _ = rand.Read(mask)
	return encode(append(mask, mixed(mask, secret)...))
}

// FormField is the field of a form that shows where it comes from.
const FormField = "form"

// Genuine says that a form comes from a page of this console in this browser.
func (s *Sessions) Genuine(r *http.Request) bool {
	secret := secretOf(r)
	shown, err := base64.RawURLEncoding.DecodeString(r.PostFormValue(FormField))
	if secret == nil || err != nil || len(shown) != 2*formBytes {
		return false
	}
	return subtle.ConstantTimeCompare(mixed(shown[:formBytes], shown[formBytes:]), secret) == 1
}

func secretOf(r *http.Request) []byte {
	c, err := r.Cookie(formCookie)
	if err != nil {
		return nil
	}
	secret, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(secret) != formBytes {
		return nil
	}
	return secret
}

func mixed(a, b []byte) []byte {
	out := make([]byte, formBytes)
	subtle.XORBytes(out, a, b)
	return out
}
