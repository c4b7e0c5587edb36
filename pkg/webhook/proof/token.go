package proof

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Token is a static secret that the network sends with every call, in exactly one place. It is not a signature: keep
// it long, and the connection encrypted.
type Token struct {
	// Header is the header that holds the secret and nothing else.
	Header string `json:"header,omitempty"`
	// Bearer means "Authorization: Bearer <secret>".
	Bearer bool `json:"bearer,omitempty"`
	// Basic means "Authorization: Basic …" with the secret as password.
	Basic bool `json:"basic,omitempty"`
	// User names the account's field with the user name that Basic comes with; "" for any.
	User string `json:"user,omitempty"`
	// Query is the query's parameter that holds the secret.
	Query string `json:"query,omitempty"`
	// Path means that the secret is all that follows the channel's address: "/<secret>".
	Path bool `json:"path,omitempty"`
	// Sent finds the secret in the body: a field of a form, or a text in JSON by a path of keys. What is stored has an empty
	// text in its place.
	Sent expr.Expr `json:"sent,omitzero"`
	// Secret names the account's field that holds it. Required.
	Secret string `json:"secret"`
}

func (t Token) verify(c expr.Call, s expr.Secrets) Cause {
	var sent string
	switch {
	case t.problem() != nil:
		return Forged
	case t.Query != "":
		value, times := scan.Parameter([]byte(c.Query), t.Query, false)
		if times > 1 {
			return Forged // they contradict each other
		}
		sent = value
	case t.Path:
		path, err := url.PathUnescape(strings.TrimPrefix(c.Suffix, "/"))
		if err != nil {
			return Forged
		}
		sent = path
	case t.Header != "":
		values := c.Header.Values(t.Header)
		if len(values) > 1 {
			return Forged
		}
		sent = strings.Join(values, "")
	case !t.Sent.None():
		sent = t.Sent.Find(c)
	default:
		return t.authorization(c, s)
	}
	return t.judge(sent, s)
}

func (t Token) head(c expr.Call, s expr.Secrets) Cause {
	if t.Sent.None() {
		return t.verify(c, s)
	}
	if !s.Has(t.Secret) {
		return Forged
	}
	return Authentic // the body tells
}

// authorization judges the header Authorization.
func (t Token) authorization(c expr.Call, s expr.Secrets) Cause {
	values := c.Header.Values("Authorization")
	switch {
	case len(values) == 0:
		return Unsigned
	case len(values) > 1:
		return Forged
	case t.Bearer:
		scheme, token, _ := strings.Cut(values[0], " ")
		if !strings.EqualFold(scheme, "bearer") {
			return Forged
		}
		return t.judge(token, s)
	}
	user, password, ok := (&http.Request{Header: c.Header}).BasicAuth()
	if !ok || t.User != "" && !s.Holds(t.User, user) {
		return Forged
	}
	return t.judge(password, s)
}

func (t Token) judge(sent string, s expr.Secrets) Cause {
	switch {
	case sent == "":
		return Unsigned
	case s.Holds(t.Secret, sent):
		return Authentic
	default:
		return Forged
	}
}

func (t Token) strip(c *expr.Call) {
	c.Header.Del(t.Header)
	if t.Query != "" {
		c.Query = without(c.Query, t.Query)
	}
	if t.Path {
		c.Suffix = ""
	}
	switch {
	case t.Sent.Form != "" && c.IsForm():
		c.Body = []byte(without(string(c.Body), t.Sent.Form))
	case t.Sent.JSON != "" && !c.IsForm():
		c.Body = scan.Without(c.Body, t.Sent.JSON)
	}
}

// without is a raw query without a parameter, what is left as it was written.
func without(query, name string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); err != nil || plain != name {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// covers is false: a token vouches for who calls, and for nothing that is said.
func (t Token) covers(expr.Expr) bool { return false }

func (t Token) binds() bool { return true } // nothing of it is a signature

func (t Token) problem() error {
	places := count.Set(t.Header != "", t.Bearer, t.Basic, t.Query != "", t.Path, !t.Sent.None())
	switch {
	case places != 1:
		return errors.New("token: exactly one of header, bearer, basic, query, path, sent is required")
	case !t.Sent.None() && t.Sent.Form == "" && (t.Sent.JSON == "" || strings.Contains(t.Sent.JSON, "[")):
		return errors.New("token: sent is a field of a form, or a path of keys in JSON")
	case t.Sent.Problem() != nil:
		return fmt.Errorf("token: sent: %w", t.Sent.Problem())
	case t.Secret == "":
		return errors.New("token: secret is required")
	case t.User != "" && !t.Basic:
		return errors.New("token: user goes with basic")
	}
	return nil
}

func (t Token) texts() []string { return t.fields() }

func (t Token) hmacs() []HMAC { return nil }

func (t Token) fields() []string { return []string{t.User, t.Secret} }

func (t Token) why(c expr.Call, s expr.Secrets) string {
	place := "what follows the channel's address"
	var sent []string
	switch {
	case t.problem() != nil:
		return t.problem().Error()
	case t.Query != "":
		place = fmt.Sprintf("the query's parameter %s", t.Query)
		if value, times := scan.Parameter([]byte(c.Query), t.Query, false); times > 0 {
			sent = slices.Repeat([]string{value}, times)
		}
	case !t.Sent.None():
		place, sent = "the text in the body ("+t.Sent.Place()+")", []string{t.Sent.Find(c)}
	case t.Path:
		sent = []string{strings.TrimPrefix(c.Suffix, "/")}
	default:
		name := t.Header
		if name == "" {
			name = "Authorization"
		}
		place, sent = "the header "+name, c.Header.Values(name)
	}
	switch {
	case !s.Has(t.Secret):
		return fmt.Sprintf("the account's %s is empty", t.Secret)
	case len(sent) == 0 || sent[0] == "":
		return place + " is not there"
	case len(sent) > 1:
		return fmt.Sprintf("%s is there %d times", place, len(sent))
	case t.Bearer && !strings.HasPrefix(strings.ToLower(sent[0]), "bearer "):
		return place + ` does not begin with "Bearer "`
	case t.Basic && !strings.HasPrefix(strings.ToLower(sent[0]), "basic "):
		return place + ` does not begin with "Basic "`
	case t.User != "":
		return fmt.Sprintf("%s holds another name and password than the account's %s and %s", place, t.User, t.Secret)
	default:
		return fmt.Sprintf("%s holds another text than the account's %s", place, t.Secret)
	}
}
