package proof

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bonychat/puente/pkg/webhook/internal/scan"
)

// signed says whether one of the keys made the token's signature, by an algorithm that is taken.
func (j JWT) signed(token string, keys jwt.VerificationKeySet) bool {
	head, _, signature := scan.Segments(token)
	sent, err := base64.RawURLEncoding.Strict().DecodeString(signature)
	algorithm := Algorithm(scan.Text(scan.Member(scan.Segment(head), "alg")))
	if err != nil || signature == "" || !slices.Contains(j.Algorithms, algorithm) {
		return false
	}
	text, method := strings.TrimSuffix(token, "."+signature), jwt.GetSigningMethod(string(algorithm))
	return slices.ContainsFunc(keys.Keys, func(key jwt.VerificationKey) bool { return method.Verify(text, sent, key) == nil })
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
