package webhook

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ErrNotSignable means that nobody but the network can make the credential that its policy asks for: a signature of its private
// key, or of a form that the call does not have.
var ErrNotSignable = errors.New("nobody but the network can sign its calls")

// Sign is the call with the credential that the policy asks for, made with an account's own secrets: what the network would send,
// for trying a bridge. The call holds its public URL, which some networks sign. It is [ErrNotSignable] where that cannot be made. The
// call that is given stays as it is.
func (p Policy) Sign(c Call, s Secrets) (Call, error) {
	signed, ok := sign(p.Verify, c, s)
	if !ok {
		return c, ErrNotSignable
	}
	if cause := p.Check(signed, s); cause != Authentic {
		return c, fmt.Errorf("%w: the policy finds what was made %s", ErrNotSignable, cause)
	}
	return signed, nil
}

// sign makes what a scheme asks for; false where it cannot.
func sign(scheme Scheme, c Call, s Secrets) (Call, bool) {
	c.Header, c.Body = c.Header.Clone(), bytes.Clone(c.Body)
	if c.Header == nil {
		c.Header = http.Header{}
	}
	switch scheme := scheme.(type) {
	case AnyOf:
		for _, one := range scheme {
			if signed, ok := sign(one, c, s); ok && one.verify(signed, s) == Authentic {
				return signed, true
			}
		}
	case Token:
		if i := slices.IndexFunc(s[scheme.Secret], func(one string) bool { return one != "" }); i >= 0 {
			return scheme.sign(c, s[scheme.Secret][i], first(s[scheme.User])), true
		}
	case HMAC:
		return scheme.proof().sign(c, s, func(secret string, text func(io.Writer) bool) ([]byte, bool) {
			key, ok := scheme.Key.of(secret)
			hash := scheme.Hash.new()
			if !ok || hash == nil {
				return nil, false
			}
			mac := hmac.New(hash, key)
			written := text(mac)
			return mac.Sum(nil), written
		})
	case Hash:
		return scheme.proof().sign(c, s, func(_ string, text func(io.Writer) bool) ([]byte, bool) {
			hash := scheme.Hash.new()
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
func (t Token) sign(c Call, secret, user string) Call {
	switch {
	case t.Header != "":
		c.Header.Set(t.Header, secret)
	case t.Bearer:
		c.Header.Set("Authorization", "Bearer "+secret)
	case t.Basic:
		r := http.Request{Header: c.Header}
		r.SetBasicAuth(cmp.Or(user, "anybody"), secret)
	case t.Query != "":
		c = c.asking(t.Query, secret)
	case t.Path:
		base := c.base()
		c.Suffix = "/" + url.PathEscape(secret)
		c.URL = base + c.Suffix + question(c.Query)
	}
	return c
}

// sign makes the signature with the first secret that there is, and puts it where the proof looks for it.
func (p proof) sign(c Call, s Secrets, sum func(secret string, text func(io.Writer) bool) ([]byte, bool)) (Call, bool) {
	for _, secret := range s[p.secret] {
		if secret == "" {
			continue
		}
		r := reading{Call: c, account: s, secret: secret, known: map[*Part][]byte{}}
		made, ok := sum(secret, func(w io.Writer) bool { return r.write(w, p.parts()) })
		if !ok {
			return c, false
		}
		text := p.list.Label + p.prefix + string(p.encoding.encode(made))
		switch {
		case p.header != "":
			c.Header.Set(p.header, text)
		case p.sent.Query != "":
			c = c.asking(p.sent.Query, text)
		default:
			return c, false
		}
		return c, true
	}
	return c, false
}

// asking is a call with one more parameter of its query.
func (c Call) asking(name, value string) Call {
	base := c.base()
	c.Query = strings.TrimPrefix(c.Query+"&"+url.QueryEscape(name)+"="+url.QueryEscape(value), "&")
	c.URL = base + c.Suffix + question(c.Query)
	return c
}

// base is the channel's address: the URL without what follows it.
func (c Call) base() string { return strings.TrimSuffix(c.URL, c.Suffix+question(c.Query)) }

func question(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}
