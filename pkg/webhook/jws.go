package webhook

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// signed says whether one of the keys made the token's signature, by an algorithm that is taken.
func (j JWT) signed(token string, keys jwt.VerificationKeySet) bool {
	head, _, signature := segments(token)
	sent, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	algorithm := Algorithm(scan.Text(scan.Member(segment(head), "alg")))
	if err != nil || signature == "" || !slices.Contains(j.Algorithms, algorithm) {
		return false
	}
	text, method := strings.TrimSuffix(token, "."+signature), jwt.GetSigningMethod(string(algorithm))
	return slices.ContainsFunc(keys.Keys, func(key jwt.VerificationKey) bool { return method.Verify(text, sent, key) == nil })
}

// maxJWT is the longest token in bytes that is looked at. Those of networks have some hundred.
const maxJWT = 8 << 10

// segments are the three of a token; none where it has more or fewer, or is too long.
func segments(token string) (head, payload, signature string) {
	all := strings.SplitN(token, ".", 4)
	if len(token) > maxJWT || len(all) != 3 {
		return "", "", ""
	}
	return all[0], all[1], all[2]
}

// segment is the JSON of a token's segment, nil for what is none.
func segment(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return scan.Value(raw)
}

// inJWT is a claim that is a text or a number, of a token that nobody has verified.
func inJWT(token, claim string) string {
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "bearer") {
		token = rest
	}
	_, payload, _ := segments(token)
	return scan.Text(scan.Member(segment(payload), claim))
}
