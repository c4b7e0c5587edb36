package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/jws"
)

// JWT is a signed token that the network makes for every call. It must be bound to the call by BodyHash or URLHash; otherwise whoever sees
// a token could use it for any call until it ends. Only with public keys (Keys) it may be bound to nothing: then it proves who calls, like
// a [Token]. A token of more than 8 kB is forged.
//
//	JWT{Bearer: true, Algorithms: []Algorithm{HS256}, Secret: "signature_secret", Issuer: "Vonage",
//		MaxAge: 5 * time.Minute, Leeway: time.Minute, BodyHash: "payload_hash"}
type JWT struct {
	// Header is the header that holds the token, or Bearer means "Authorization: Bearer <token>". One of them is required.
	Header string `json:"header,omitempty"`
	Bearer bool   `json:"bearer,omitempty"`
	// Algorithms are the algorithms that are accepted: [HS256], [HS384], [HS512] with Secret, [RS256], [ES256] with Keys. Required.
	Algorithms []Algorithm `json:"algorithms"`
	// Secret names the account's field that holds the secret, or Keys are the vendor's public keys. One of them is required.
	Secret string `json:"secret,omitempty"`
	Keys   KeySet `json:"keys,omitzero"`
	// SecretBy is a claim that names the secret. The field's values are then "<claim>:<secret>", and only the secrets of this claim are
	// tried.
	SecretBy string `json:"secret_by,omitempty"`
	// Issuer is the required value of the claim iss; "" accepts any.
	Issuer string `json:"issuer,omitempty"`
	// Expires requires the claim exp. Without it MaxAge is required.
	Expires bool `json:"expires,omitempty"`
	// MaxAge requires the claim iat, and bounds the token's age.
	MaxAge time.Duration `json:"max_age,omitempty"`
	// Leeway is how far clocks may differ, at most 5 minutes. It is applied to exp, nbf and iat, each of which counts if it is there.
	Leeway time.Duration `json:"leeway,omitempty"`
	// BodyHash is the claim that holds the body's SHA-256 in hex.
	BodyHash string `json:"body_hash,omitempty"`
	// OmitEmpty is set if the claim BodyHash is missing when the body is empty, and only then.
	OmitEmpty bool `json:"omit_empty,omitempty"`
	// URLHash is the claim that holds the SHA-256 of the URL that was called, in hex.
	URLHash string `json:"url_hash,omitempty"`
	// Claims are further claims with their required values.
	Claims []ClaimIs `json:"claims,omitempty"`
}

// ClaimIs requires a claim to be a constant (Equal), one of the values of an account's field (Account), the value that is found in the call
// (Value), or the URL that was called, without its query (URL). Exactly one of these is set. A claim that is neither a text nor a number
// does not count. A [JWT] with Keys needs one by Account or URL: the vendor signs the tokens of other customers with the same keys.
type ClaimIs struct {
	Claim   string    `json:"claim"`
	Equal   string    `json:"equal,omitempty"`
	Account string    `json:"account,omitempty"`
	Value   expr.Expr `json:"value,omitzero"`
	URL     bool      `json:"url,omitempty"`
}

// holds says whether a claim is what it must be. Where body is false, what only the body tells is left open.
func (is ClaimIs) holds(claim any, c expr.Call, s expr.Secrets, body bool) bool {
	got := jws.Text(claim)
	switch {
	case got == "":
		return false
	case is.Account != "":
		return s.Holds(is.Account, got)
	case is.URL:
		called, _, _ := strings.Cut(c.URL, "?")
		return got == called
	case !is.Value.None():
		return !body && is.Value.AsksBody() || got == is.Value.Find(c)
	default:
		return got == is.Equal
	}
}

// ours says that the claim tells this account from others of the vendor's.
func (is ClaimIs) ours() bool { return is.Account != "" || is.URL }

func (j JWT) verify(c expr.Call, s expr.Secrets) Cause { return j.judge(c, s, true) }

func (j JWT) head(c expr.Call, s expr.Secrets) Cause { return j.judge(c, s, false) }

// judge judges the token, and with the body that it was made for it. Nothing in the token is believed, nor decoded,
// before its signature is right.
func (j JWT) judge(c expr.Call, s expr.Secrets, body bool) Cause {
	values := c.Header.Values(j.header())
	switch {
	case len(values) == 0 || values[0] == "":
		return Unsigned
	case len(values) > 1 || j.problem() != nil:
		return Forged
	}
	token := values[0]
	if j.Bearer {
		scheme, rest, ok := strings.Cut(token, " ")
		if !ok || !strings.EqualFold(scheme, "bearer") {
			return Forged
		}
		token = rest
	}
	keys, published := j.live(token, s)
	rules := j.rules()
	if !rules.Signed(token, keys) {
		return Forged
	}
	claims, err := rules.Read(token, keys, c.AcceptedAt)
	switch {
	case jws.Stale(err):
		return Stale // of times it says nothing before the signature is right
	case err != nil || !j.bound(claims, c, s, body) || body && (!j.boundToBody(claims, c.Body) || !j.Keys.endorsed(published, c)):
		return Forged
	case !rules.Fresh(claims, c.AcceptedAt):
		return Stale
	}
	return Authentic
}

// rules are what its token has to be like.
func (j JWT) rules() jws.Rules {
	algorithms := make([]string, len(j.Algorithms))
	for i, a := range j.Algorithms {
		algorithms[i] = string(a)
	}
	return jws.Rules{Algorithms: algorithms, Issuer: j.Issuer, Expires: j.Expires, MaxAge: j.MaxAge, Leeway: j.Leeway}
}

func (j JWT) header() string {
	if j.Bearer {
		return "Authorization"
	}
	return j.Header
}

// boundToBody says whether the token was made for this body.
func (j JWT) boundToBody(claims jws.Claims, body []byte) bool {
	claim, there := claims[j.BodyHash]
	switch {
	case j.BodyHash == "":
		return true
	case j.OmitEmpty && !there:
		return len(body) == 0
	default:
		return (!j.OmitEmpty || len(body) > 0) && jws.Hashed(claim, body)
	}
}

// bound says whether the token was made for the rest of this call and for this account.
func (j JWT) bound(claims jws.Claims, c expr.Call, s expr.Secrets, body bool) bool {
	if j.URLHash != "" && (c.URL == "" || !jws.Hashed(claims[j.URLHash], []byte(c.URL))) {
		return false
	}
	for _, is := range j.Claims {
		if !is.holds(claims[is.Claim], c, s, body) {
			return false
		}
	}
	return true
}

func (j JWT) strip(*expr.Call) {}

func (j JWT) covers(e expr.Expr) bool {
	return e.Claim != "" && strings.EqualFold(e.Header, j.header()) || j.BodyHash != "" && e.InBody() || j.URLHash != "" && (e.Query != "" || e.After != "")
}

func (j JWT) binds() bool { return j.BodyHash != "" || j.Keys.given() }

const longestLeeway = 5 * time.Minute

func (j JWT) problem() error {
	var errs []error
	if (j.Header != "") == j.Bearer {
		errs = append(errs, errors.New("exactly one of header and bearer is required"))
	}
	public := j.Keys.given()
	switch {
	case public && (j.Secret != "" || j.SecretBy != ""):
		errs = append(errs, errors.New("exactly one of secret and keys is required"))
	case public:
		errs = append(errs, j.Keys.problem())
		if !slices.ContainsFunc(j.Claims, ClaimIs.ours) {
			errs = append(errs, errors.New("claims: with keys, one is compared with the account or the URL: the vendor signs for others too"))
		}
	case j.Secret == "":
		errs = append(errs, errors.New("secret is required"))
	}
	if len(j.Algorithms) == 0 {
		errs = append(errs, errors.New("algorithms are required"))
	}
	for _, a := range j.Algorithms {
		switch {
		case public && a != RS256 && a != ES256:
			errs = append(errs, fmt.Errorf("algorithm %q is not one with public keys", a))
		case !public && a != HS256 && a != HS384 && a != HS512:
			errs = append(errs, fmt.Errorf("algorithm %q is not one with secrets", a))
		}
	}
	if !j.Expires && j.MaxAge == 0 || j.MaxAge < 0 || j.Leeway < 0 || j.Leeway > longestLeeway {
		errs = append(errs, fmt.Errorf("expires or max_age is required, and leeway at most %s", longestLeeway))
	}
	if j.OmitEmpty && j.BodyHash == "" {
		errs = append(errs, errors.New("omit_empty goes with body_hash"))
	}
	for i, is := range j.Claims {
		if is.Claim == "" || count.Set(is.Equal != "", is.Account != "", !is.Value.None(), is.URL) != 1 {
			errs = append(errs, fmt.Errorf("claims[%d]: a claim is compared with exactly one thing", i))
		}
		if err := is.Value.Problem(); err != nil {
			errs = append(errs, fmt.Errorf("claims[%d]: value: %w", i, err))
		}
	}
	return wrap("jwt", errors.Join(errs...))
}

func (j JWT) texts() []string { return j.fields() }

func (j JWT) hmacs() []HMAC { return nil }

func (j JWT) fields() []string {
	all := []string{j.Secret}
	for _, is := range j.Claims {
		all = append(all, is.Account)
	}
	return all
}
