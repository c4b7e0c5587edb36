package webhook

import (
	"net/http"
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Call is one webhook call as it came: what a network's Receive reads. It is a value that nobody changes once it is made.
type Call = expr.Call

// Secrets are a channel's account by the names of its fields: what calls are judged by.
type Secrets = expr.Secrets

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
	// Freshness refuses calls that were signed too long ago; the zero value accepts any age.
	Freshness Freshness
	// Replay lets one credential admit one call only; the zero value has no such rule.
	Replay Replay
	// Methods are the HTTP methods of calls that are stored; default POST. Those of handshakes are in their conditions.
	Methods []string
	// MaxBody is the largest body in bytes; default 1 MB, at most 7 MB, which is what one stored message can hold.
	MaxBody int64
	// Handshakes are calls that are answered at once and not stored. The first one whose conditions hold answers.
	Handshakes []Handshake
	// Dedupe finds a value that is the same when a call is repeated. With the zero value every call is stored. It saves work only:
	// repeats that it misses are recognised later, by the keys of their events.
	Dedupe expr.Expr
	// Accepted is the answer to a stored call; default 200 with an empty body.
	Accepted Answer
	// Refused are answers by cause. A cause that is missing has the default answer of [Cause]; Unsigned and Stale have that of Forged.
	Refused map[Cause]Answer
}

// Strip is the call as it may be stored: without its credential, and without headers that only concern the connection. Signatures may
// stay, since they admit only this call.
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

// KeySets are the addresses at which vendors publish the keys by which they sign, see [proof.KeySet].
func (p Policy) KeySets() []string { return proof.By(p.Verify).KeySets() }

// WithKeys is a copy of the policy with the keys that were fetched, by the address of their set. A set that is not among them keeps the
// keys that it has.
func (p Policy) WithKeys(fetched map[string][]proof.PublicKey) Policy {
	if p.Verify != nil {
		p.Verify = proof.By(p.Verify).WithKeys(fetched)
	}
	return p
}

// Published are the fetched keys that the policy holds, by the address of their set.
func (p Policy) Published() map[string][]proof.PublicKey { return proof.By(p.Verify).Published() }
