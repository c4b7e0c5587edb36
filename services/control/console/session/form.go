package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
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
		s.set(w, r, named(formCookie, r), encode(secret), int(30*24*time.Hour/time.Second), http.SameSiteLaxMode)
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

// Mark stands for whoever makes a request, in their browser, as long as they stay signed in and may the same. It tells nothing of
// the cookies that it is made from.
func (s *Sessions) Mark(r *http.Request, w Who) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %v %x", w.Name, w.Role, w.ByProxy, secretOf(r))
	if c, err := r.Cookie(named(cookieName, r)); err == nil && !w.ByProxy {
		fmt.Fprintf(h, " %q", c.Value)
	}
	return encode(h.Sum(nil))
}

func secretOf(r *http.Request) []byte {
	c, err := r.Cookie(named(formCookie, r))
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
