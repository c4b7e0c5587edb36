package proof

import (
	"fmt"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/jws"
)

func (j JWT) why(c expr.Call, s expr.Secrets) string {
	place, values := "the header "+j.header(), c.Header.Values(j.header())
	switch {
	case j.problem() != nil:
		return j.problem().Error()
	case !j.Keys.given() && !s.Has(j.Secret):
		return fmt.Sprintf("the account's %s is empty", j.Secret)
	case j.Keys.given() && len(j.Keys.Published) == 0:
		return "the vendor's keys are not known yet: the network's service fetches them from " + j.Keys.URL
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
	keys, published := j.live(token, s)
	switch {
	case j.Keys.given() && published == nil:
		return fmt.Sprintf("%s holds no token that names one of the %d keys of %s (kid), and the key's algorithm", place, len(j.Keys.Published), j.Keys.URL)
	case j.Keys.given() && !j.rules().Signed(token, keys):
		return place + " holds a token that its key has not signed"
	case !j.rules().Signed(token, keys):
		return fmt.Sprintf("%s holds no token that is signed with the account's %s by %s", place, j.Secret, strings.Join(j.rules().Algorithms, " or "))
	}
	claims, err := j.rules().Read(token, keys, c.AcceptedAt)
	if claims == nil {
		return "the token cannot be read"
	}
	if why := jws.Why(err); why != "" {
		return why
	}
	switch {
	case !j.boundToBody(claims, c.Body):
		return fmt.Sprintf("the claim %s is not the SHA-256 of the body", j.BodyHash)
	case j.URLHash != "" && !jws.Hashed(claims[j.URLHash], []byte(c.URL)):
		return fmt.Sprintf("the claim %s is not the SHA-256 of the URL that was called, %s", j.URLHash, pathOf(c))
	case !j.bound(claims, c, s, true):
		return "one of Claims is not what it must be"
	case !j.Keys.endorsed(published, c):
		return fmt.Sprintf("the key is not endorsed for what the call is about (%s)", j.Keys.Endorsed.Place())
	case !j.rules().Fresh(claims, c.AcceptedAt):
		return fmt.Sprintf("the token was issued more than MaxAge (%s) before the call, or does not say when", j.MaxAge)
	default:
		return "the token asks for an extension (crit)"
	}
}

// pathOf is the URL of a call without its query, which may hold a credential.
func pathOf(c expr.Call) string {
	path, _, _ := strings.Cut(c.URL, "?")
	return strings.TrimSuffix(path, c.Suffix)
}
