package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Explain says in words why the call is refused, "" where it is not: which header, parameter, condition or field of the
// account it is about, and what was expected there. It is for people who write a policy or set a channel up, and for
// tests; it holds no value of a credential. It takes several times as long as [Policy.Examine], so never call it for
// strangers.
func (p Policy) Explain(c Call, s Secrets) string {
	cause, handshake := p.examine(c, s)
	if cause == Authentic {
		return ""
	}
	return string(cause) + ": " + p.why(cause, handshake, c, s)
}

func (p Policy) why(cause Cause, handshake *Handshake, c Call, s Secrets) string {
	switch cause {
	case Method:
		return fmt.Sprintf("calls by %s are not taken", c.Method)
	case TooLarge:
		return fmt.Sprintf("the body has %d bytes, and MaxBody is %d", len(c.Body), p.Limit())
	case Encoded:
		return "the body is compressed: the header Content-Encoding says so"
	}
	switch {
	case handshake != nil:
		return fmt.Sprintf("the handshake does not prove that it knows the account's %s", handshake.Secret)
	case p.Verify == nil:
		return "the policy has no scheme (Verify)"
	case p.Verify.verify(c, s) != Authentic:
		return p.Verify.why(c, s)
	case cause == Stale:
		return p.Freshness.why(c)
	default:
		return fmt.Sprintf("the credential is right, but nothing is found at Replay.Key (%s)", p.Replay.Key.place())
	}
}

// why is asked of a scheme that refuses a call.

func (a AnyOf) why(c Call, s Secrets) string {
	var all []string
	for i, scheme := range a {
		if scheme != nil {
			all = append(all, fmt.Sprintf("scheme [%d] (%T): %s", i, scheme, scheme.why(c, s)))
		}
	}
	return strings.Join(all, "; ")
}

func (t Token) why(c Call, s Secrets) string {
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
	case !filled(s, t.Secret):
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

func (h HMAC) why(c Call, s Secrets) string { return h.proof().why(c, s) }

func (h Hash) why(c Call, s Secrets) string { return h.proof().why(c, s) }

func (g Signature) why(c Call, s Secrets) string { return g.proof().why(c, s) }

func (j JWT) why(c Call, s Secrets) string {
	place, values := "the header "+j.header(), c.Header.Values(j.header())
	switch {
	case j.problem() != nil:
		return j.problem().Error()
	case !filled(s, j.Secret):
		return fmt.Sprintf("the account's %s is empty", j.Secret)
	case len(values) == 0 || values[0] == "":
		return place + " is not there"
	case len(values) > 1:
		return fmt.Sprintf("%s is there %d times", place, len(values))
	}
	token := values[0]
	if scheme, rest, ok := strings.Cut(token, " "); j.Bearer {
		if !ok || !strings.EqualFold(scheme, "bearer") {
			return place + ` does not begin with "Bearer "`
		}
		token = rest
	}
	keys := j.keys(s[j.Secret], inJWT(token, j.SecretBy))
	if !j.signed(token, keys) {
		return fmt.Sprintf("%s holds no token that is signed with the account's %s by %s", place, j.Secret, strings.Join(j.algorithms(), " or "))
	}
	parsed, err := j.parser(c.AcceptedAt).Parse(token, func(*jwt.Token) (any, error) { return keys, nil })
	if parsed == nil {
		return "the token cannot be read"
	}
	claims, _ := parsed.Claims.(jwt.MapClaims)
	for _, known := range []error{
		jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenInvalidIssuer, jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	switch {
	case !j.boundToBody(claims, c.Body):
		return fmt.Sprintf("the claim %s is not the SHA-256 of the body", j.BodyHash)
	case j.URLHash != "" && !hashed(claims[j.URLHash], []byte(c.URL)):
		return fmt.Sprintf("the claim %s is not the SHA-256 of the URL that was called, %s", j.URLHash, pathOf(c))
	case !j.bound(claims, c, s):
		return "one of Claims is not what it must be"
	case !j.fresh(claims, c.AcceptedAt):
		return fmt.Sprintf("the token was issued more than MaxAge (%s) before the call, or does not say when", j.MaxAge)
	default:
		return "the token asks for an extension (crit)"
	}
}

// why says what is wrong with the time of a call that is too old, or from the future.
func (f Freshness) why(c Call) string {
	at, ok := f.time(c)
	if !ok {
		return fmt.Sprintf("no time is found at Freshness.At (%s)", f.At.place())
	}
	return fmt.Sprintf("it was signed %s before it came; from %s after that to %s before are taken", c.AcceptedAt.Sub(at), f.Future, f.Past)
}

// filled says that a field of the account holds something.
func filled(s Secrets, field string) bool {
	return field != "" && slices.ContainsFunc(s[field], func(one string) bool { return one != "" })
}

// place is where an expression looks.
func (e Expr) place() string {
	data, err := json.Marshal(e)
	if err != nil || e.none() {
		return "nowhere"
	}
	return string(data)
}

// pathOf is the URL of a call without its query, which may hold a credential.
func pathOf(c Call) string {
	path, _, _ := strings.Cut(c.URL, "?")
	return strings.TrimSuffix(path, c.Suffix)
}
