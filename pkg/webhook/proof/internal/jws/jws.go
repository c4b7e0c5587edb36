// Package jws checks a token that is signed (RFC 7519, in its compact form): that one of some keys made its signature, and that it is
// young enough. It knows no call and no account. Nothing in a token is believed before its signature is right, and nothing is decoded
// but its header.
package jws

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// Claims are what a token says.
type Claims = jwt.MapClaims

// Keys are those that a token may be signed with: secrets as bytes, or public keys.
type Keys = jwt.VerificationKeySet

// Rules are what a token has to be like. It is a value that nobody changes once it is made.
type Rules struct {
	// Algorithms are those that are taken, by their names in RFC 7518.
	Algorithms []string
	// Issuer is what the claim iss must be; "" for any.
	Issuer string
	// Expires requires the claim exp.
	Expires bool
	// MaxAge requires the claim iat, and is how old a token may be; 0 for any age.
	MaxAge time.Duration
	// Leeway is how far clocks may differ.
	Leeway time.Duration
}

// Signed says whether one of the keys made the token's signature, by an algorithm that is taken.
func (r Rules) Signed(token string, keys Keys) bool {
	head, _, signature := scan.Segments(token)
	sent, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	algorithm := scan.Text(scan.Member(scan.Segment(head), "alg"))
	if err != nil || signature == "" || !slices.Contains(r.Algorithms, algorithm) {
		return false
	}
	text, method := strings.TrimSuffix(token, "."+signature), jwt.GetSigningMethod(algorithm)
	return slices.ContainsFunc(keys.Keys, func(key jwt.VerificationKey) bool { return method.Verify(text, sent, key) == nil })
}

// Read reads a token whose signature one of the keys made, and judges its times and its issuer; now is when it came. Where the error is
// not nil, the claims may be there all the same, for who explains it.
func (r Rules) Read(token string, keys Keys, now time.Time) (Claims, error) {
	options := []jwt.ParserOption{
		jwt.WithValidMethods(r.Algorithms), jwt.WithJSONNumber(), jwt.WithStrictDecoding(), jwt.WithIssuedAt(), jwt.WithLeeway(r.Leeway),
		jwt.WithTimeFunc(func() time.Time { return now }),
	}
	if r.Issuer != "" {
		options = append(options, jwt.WithIssuer(r.Issuer))
	}
	if r.Expires {
		options = append(options, jwt.WithExpirationRequired())
	}
	parsed, err := jwt.NewParser(options...).Parse(token, func(t *jwt.Token) (any, error) {
		if _, ok := t.Header["crit"]; ok {
			return nil, errors.New("asks for an extension")
		}
		return keys, nil
	})
	if parsed == nil {
		return nil, err
	}
	claims, ok := parsed.Claims.(Claims)
	if !ok && err == nil {
		err = errors.New("has no claims")
	}
	return claims, err
}

// Stale says that an error of [Rules.Read] is about a token that is authentic, and too old or from the future.
func Stale(err error) bool {
	return errors.Is(err, jwt.ErrTokenExpired) || errors.Is(err, jwt.ErrTokenNotValidYet) || errors.Is(err, jwt.ErrTokenUsedBeforeIssued)
}

// Why is an error of [Rules.Read] in words that quote nothing of the token; "" where it is about something else than times and claims.
func Why(err error) string {
	for _, known := range []error{
		jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued, jwt.ErrTokenInvalidIssuer, jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return ""
}

// Fresh says whether a token that was read is young enough. That it is neither expired nor from the future is known.
func (r Rules) Fresh(claims Claims, now time.Time) bool {
	if now.IsZero() {
		return false
	}
	if r.MaxAge == 0 {
		return true
	}
	at, err := claims.GetIssuedAt()
	return err == nil && at != nil && now.Sub(at.Time) <= r.MaxAge+r.Leeway
}

// Hashed says whether a claim is the SHA-256 of some bytes in hex.
func Hashed(claim any, data []byte) bool {
	sum, ok := digest.Hex.Decode(Text(claim))
	return ok && subtle.ConstantTimeCompare(sum, digest.SHA256.Of(data)) == 1
}

// Text is a claim that is a text or a number, as it is written; "" for any other.
func Text(claim any) string {
	switch v := claim.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		return ""
	}
}
