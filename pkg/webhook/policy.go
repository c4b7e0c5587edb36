package webhook

import (
	"net/http"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Body limits of a policy, in bytes.
const (
	DefaultMaxBody = 1 << 20
	LargestMaxBody = 7 << 20
)

// Policy is how the calls of one network are verified and answered. The zero value admits nothing.
type Policy struct {
	// Verify tells a call of the network from a forged one: a [proof.Token], an [proof.HMAC], a [proof.Hash], a
	// [proof.Signature], a [proof.JWT], or [proof.AnyOf] several. Required.
	Verify proof.Scheme
	// Freshness refuses what was signed too long ago; the zero value refuses nothing for its age.
	Freshness Freshness
	// Replay lets one credential admit one call; the zero value remembers nothing.
	Replay Replay
	// Methods are the HTTP methods of calls that are stored; default POST. Those of handshakes stand in their conditions.
	Methods []string
	// MaxBody is the largest body in bytes; default 1 MB, at most 7 MB, what one stored message holds.
	MaxBody int64
	// Handshakes are calls that are answered at once and not stored. The first whose conditions hold answers.
	Handshakes []Handshake
	// Dedupe finds what is the same in a repeated call; the zero value finds nothing, and every call is stored. It is
	// a first net only: repeats that it misses are found by the key of their events.
	Dedupe expr.Expr
	// Accepted answers a stored call; default 200 with no body.
	Accepted Answer
	// Refused answers by cause; what is missing is answered by the cause's own default.
	Refused map[Cause]Answer
}

// Strip is the call without its credential and without what only concerns the connection. Signatures may stay: they
// admit nothing but this call.
func (p Policy) Strip(c Call) Call {
	c.Header, c.URL = c.Header.Clone(), ""
	for _, name := range []string{"Connection", "Authorization", "Proxy-Authorization", "Cookie", "Te", "Upgrade"} {
		c.Header.Del(name)
	}
	if p.Verify != nil {
		proof.By(p.Verify).Strip(&c)
	}
	return c
}

// Limit is the largest body in bytes that the policy admits.
func (p Policy) Limit() int64 {
	if p.MaxBody == 0 {
		return DefaultMaxBody
	}
	return min(p.MaxBody, LargestMaxBody)
}

// takes says whether calls of this method are stored.
func (p Policy) takes(method string) bool {
	if len(p.Methods) == 0 {
		return method == http.MethodPost
	}
	return slices.Contains(p.Methods, method)
}

// KeySets are the addresses at which vendors publish the keys that calls are judged by, see [proof.KeySet].
func (p Policy) KeySets() []string { return proof.By(p.Verify).KeySets() }

// WithKeys is the policy with keys that were fetched, by the address of their set. A set of which there are none keeps those that it
// has.
func (p Policy) WithKeys(fetched map[string][]proof.PublicKey) Policy {
	if p.Verify != nil {
		p.Verify = proof.By(p.Verify).WithKeys(fetched)
	}
	return p
}

// Published are the keys that the policy holds, by the address of their set.
func (p Policy) Published() map[string][]proof.PublicKey { return proof.By(p.Verify).Published() }
