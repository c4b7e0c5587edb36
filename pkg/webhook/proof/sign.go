package proof

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
)

// Sign is a copy of the call with the credential that the scheme asks for, made with the account's secrets. It is false if the credential
// cannot be made, such as a signature with the vendor's private key.
func (j Judge) Sign(c expr.Call, s expr.Secrets) (expr.Call, bool) { return sign(j.scheme, c, s) }

func sign(scheme Scheme, c expr.Call, s expr.Secrets) (expr.Call, bool) {
	c.Header, c.Body = c.Header.Clone(), bytes.Clone(c.Body)
	if c.Header == nil {
		c.Header = http.Header{}
	}
	switch scheme := scheme.(type) {
	case AnyOf:
		for _, one := range scheme {
			if made, ok := sign(one, c, s); ok && one.verify(made, s) == Authentic {
				return made, true
			}
		}
	case Token:
		if i := slices.IndexFunc(s[scheme.Secret], func(one string) bool { return one != "" }); i >= 0 {
			made := scheme.sign(c, s[scheme.Secret][i], first(s[scheme.User]))
			return made, scheme.Sent.None() || scheme.verify(made, s) == Authentic
		}
	case HMAC:
		return place(scheme.signing(), c, s, func(secret string, text func(io.Writer) bool) ([]byte, bool) {
			key, ok := scheme.Key.of(secret)
			hash := scheme.Hash.New()
			if !ok || hash == nil {
				return nil, false
			}
			mac := hmac.New(hash, key)
			written := text(mac)
			return mac.Sum(nil), written
		})
	case Hash:
		return place(scheme.signing(), c, s, func(_ string, text func(io.Writer) bool) ([]byte, bool) {
			hash := scheme.Hash.New()
			if hash == nil {
				return nil, false
			}
			sum := hash()
			written := text(sum)
			return sum.Sum(nil), written
		})
	}
	return c, false
}

// sign puts the secret where the token stands.
func (t Token) sign(c expr.Call, secret, user string) expr.Call {
	switch {
	case t.Header != "":
		c.Header.Set(t.Header, secret)
	case t.Bearer:
		c.Header.Set("Authorization", "Bearer "+secret)
	case t.Basic:
		r := http.Request{Header: c.Header}
		r.SetBasicAuth(cmp.Or(user, "anybody"), secret)
	case t.Query != "":
		c = asking(c, t.Query, secret)
	case t.Path:
		base := base(c)
		c.Suffix = "/" + url.PathEscape(secret)
		c.URL = base + c.Suffix + question(c.Query)
	case t.Sent.Form != "" && c.IsForm():
		field := url.QueryEscape(t.Sent.Form) + "=" + url.QueryEscape(secret)
		c.Body = []byte(strings.TrimPrefix(without(string(c.Body), t.Sent.Form)+"&"+field, "&"))
	case t.Sent.JSON != "":
		var object map[string]json.RawMessage
		if json.Unmarshal(c.Body, &object) == nil && object != nil { // one that stands deeper is not made up
			object[t.Sent.JSON], _ = json.Marshal(secret)
			c.Body, _ = json.Marshal(object)
		}
	}
	return c
}

// place puts a signature where the signing looks for it; false where it cannot be made, or stands in the body.
func place(p signing.Signing, c expr.Call, s expr.Secrets, sum func(secret string, text func(io.Writer) bool) ([]byte, bool)) (expr.Call, bool) {
	text, ok := p.Make(c, s, sum)
	switch {
	case !ok:
		return c, false
	case p.Header != "":
		c.Header.Set(p.Header, text)
	case p.Sent.Query != "":
		c = asking(c, p.Sent.Query, text)
	default:
		return c, false
	}
	return c, true
}

// asking is a call with one more parameter of its query.
func asking(c expr.Call, name, value string) expr.Call {
	base := base(c)
	c.Query = strings.TrimPrefix(c.Query+"&"+url.QueryEscape(name)+"="+url.QueryEscape(value), "&")
	c.URL = base + c.Suffix + question(c.Query)
	return c
}

// base is the channel's address: the URL without what follows it.
func base(c expr.Call) string { return strings.TrimSuffix(c.URL, c.Suffix+question(c.Query)) }

func question(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
