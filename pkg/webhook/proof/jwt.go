package proof

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/count"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// JWT is a signed token that the network makes for every call. It must be bound to the call by BodyHash or URLHash, or
// whoever sees one can use it for anything while it is fresh. One by public keys (Keys) may be bound to nothing: then it counts as a
// [Token] does, and vouches for who calls. One of more than 8 kB is forged.
//
//	JWT{Bearer: true, Algorithms: []Algorithm{HS256}, Secret: "signature_secret", Issuer: "Vonage",
//		MaxAge: 5 * time.Minute, Leeway: time.Minute, BodyHash: "payload_hash"}
type JWT struct {
	// Header is the header that holds the token, or Bearer means "Authorization: Bearer <token>". One of them is required.
	Header string `json:"header,omitempty"`
	Bearer bool   `json:"bearer,omitempty"`
	// Algorithms are those that are taken: [HS256], [HS384], [HS512]; of Keys [RS256], [ES256]. Required.
	Algorithms []Algorithm `json:"algorithms"`
	// Secret names the account's field that holds the secret, or Keys are the vendor's public keys. One of them is required.
	Secret string `json:"secret,omitempty"`
	Keys   KeySet `json:"keys,omitzero"`
	// SecretBy is a claim that says which secret it is: the field's texts are then "<claim>:<secret>", and only those of
	// this claim are tried.
	SecretBy string `json:"secret_by,omitempty"`
	// Issuer is what the claim iss must be; "" for any.
	Issuer string `json:"issuer,omitempty"`
	// Expires requires the claim exp. Without it MaxAge is required.
	Expires bool `json:"expires,omitempty"`
	// MaxAge requires the claim iat, and is how old a token may be.
	MaxAge time.Duration `json:"max_age,omitempty"`
	// Leeway is how far clocks may differ, at most 5 minutes. It counts for exp, nbf and iat, which hold wherever they are.
	Leeway time.Duration `json:"leeway,omitempty"`
	// BodyHash is the claim that holds the body's SHA-256 in hex.
	BodyHash string `json:"body_hash,omitempty"`
	// OmitEmpty says that the claim is not there where the body is empty, and only then.
	OmitEmpty bool `json:"omit_empty,omitempty"`
	// URLHash is the claim that holds the SHA-256 of the URL that was called, in hex.
	URLHash string `json:"url_hash,omitempty"`
	// Claims are further claims and what they must be.
	Claims []ClaimIs `json:"claims,omitempty"`
}

// ClaimIs says what a claim must be: a constant, one of the texts of an account's field, what is found in the call, or the URL that
// was called, without its query. A claim that is no text and no number is none. Exactly one of what follows Claim is set. Of Keys one
// is by Account or URL: a token that was made for another customer of the vendor's is signed with the same keys.
type ClaimIs struct {
	Claim   string    `json:"claim"`
	Equal   string    `json:"equal,omitempty"`
	Account string    `json:"account,omitempty"`
	Value   expr.Expr `json:"value,omitzero"`
	URL     bool      `json:"url,omitempty"`
}

// holds says whether a claim is what it must be. Where body is false, what only the body tells is left open.
func (is ClaimIs) holds(claim any, c expr.Call, s expr.Secrets, body bool) bool {
	got := claimText(claim)
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
	if !j.signed(token, keys) {
		return Forged
	}
	parsed, err := j.parser(c.AcceptedAt).Parse(token, func(t *jwt.Token) (any, error) {
		if _, ok := t.Header["crit"]; ok {
			return nil, errors.New("asks for an extension")
		}
		return keys, nil
	})
	claims, ok := jwt.MapClaims(nil), false
	if parsed != nil {
		claims, ok = parsed.Claims.(jwt.MapClaims)
	}
	switch {
	case errors.Is(err, jwt.ErrTokenExpired), errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return Stale // of times it says nothing before the signature is right
	case err != nil || !ok || !j.bound(claims, c, s, body) || body && (!j.boundToBody(claims, c.Body) || !j.Keys.endorsed(published, c)):
		return Forged
	case !j.fresh(claims, c.AcceptedAt):
		return Stale
	}
	return Authentic
}

func (j JWT) header() string {
	if j.Bearer {
		return "Authorization"
	}
	return j.Header
}

// live are the keys that this token may be signed with; of the vendor's the one that it names.
func (j JWT) live(token string, s expr.Secrets) (jwt.VerificationKeySet, *PublicKey) {
	if j.Keys.given() {
		return j.Keys.of(token, j.Algorithms)
	}
	return j.keys(s[j.Secret], scan.Claim(token, j.SecretBy)), nil
}

// keys are the live secrets that this token may be signed with.
func (j JWT) keys(live []string, by string) (out jwt.VerificationKeySet) {
	for _, secret := range live {
		if j.SecretBy != "" {
			name, rest, ok := strings.Cut(secret, ":")
			if !ok || name == "" || name != by {
				continue
			}
			secret = rest
		}
		if secret != "" {
			out.Keys = append(out.Keys, []byte(secret))
		}
	}
	return out
}

func (j JWT) parser(now time.Time) *jwt.Parser {
	options := []jwt.ParserOption{
		jwt.WithValidMethods(j.algorithms()), jwt.WithJSONNumber(), jwt.WithStrictDecoding(), jwt.WithIssuedAt(), jwt.WithLeeway(j.Leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	}
	if j.Issuer != "" {
		options = append(options, jwt.WithIssuer(j.Issuer))
	}
	if j.Expires {
		options = append(options, jwt.WithExpirationRequired())
	}
	return jwt.NewParser(options...)
}

func (j JWT) algorithms() []string {
	var out []string
	for _, a := range j.Algorithms {
		out = append(out, string(a))
	}
	return out
}

// boundToBody says whether the token was made for this body.
func (j JWT) boundToBody(claims jwt.MapClaims, body []byte) bool {
	claim, there := claims[j.BodyHash]
	switch {
	case j.BodyHash == "":
		return true
	case j.OmitEmpty && !there:
		return len(body) == 0
	default:
		return (!j.OmitEmpty || len(body) > 0) && hashed(claim, body)
	}
}

// bound says whether the token was made for the rest of this call and for this account.
func (j JWT) bound(claims jwt.MapClaims, c expr.Call, s expr.Secrets, body bool) bool {
	if j.URLHash != "" && (c.URL == "" || !hashed(claims[j.URLHash], []byte(c.URL))) {
		return false
	}
	for _, is := range j.Claims {
		if !is.holds(claims[is.Claim], c, s, body) {
			return false
		}
	}
	return true
}

// hashed says whether a claim is the SHA-256 of some bytes in hex.
func hashed(claim any, data []byte) bool {
	sum, ok := digest.Hex.Decode(claimText(claim))
	return ok && subtle.ConstantTimeCompare(sum, digest.SHA256.Of(data)) == 1
}

func claimText(claim any) string {
	switch v := claim.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return ""
	}
}

// fresh says whether the token is young enough. That it is neither expired nor from the future is known.
func (j JWT) fresh(claims jwt.MapClaims, now time.Time) bool {
	if now.IsZero() {
		return false
	}
	if j.MaxAge == 0 {
		return true
	}
	at, err := claims.GetIssuedAt()
	return err == nil && at != nil && now.Sub(at.Time) <= j.MaxAge+j.Leeway
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
