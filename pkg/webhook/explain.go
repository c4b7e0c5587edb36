package webhook

import (
	"fmt"

	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Explain says in words why the call is refused: which header, parameter, condition or field of the account it is about, and what was
// expected there. It is "" for a call that is not refused. It is for people who write a policy or set a channel up, and for tests. It
// holds no value of a credential. It takes several times as long as [Policy.Examine], so do not call it for calls of strangers.
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
	case handshake != nil && handshake.HMAC != (proof.MAC{}) && !handshake.computes(c, s):
		return fmt.Sprintf("the handshake asks for a hash by the account's %s, which is empty", handshake.HMAC.Secret)
	case handshake != nil && handshake.Decrypt != (Decrypt{}) && !handshake.computes(c, s):
		return fmt.Sprintf("the handshake's text cannot be decrypted with the account's %s, or is for somebody else", handshake.Decrypt.Key)
	case handshake != nil:
		return fmt.Sprintf("the handshake does not prove that it knows the account's %s", handshake.Secret)
	case p.Verify == nil:
		return "the policy has no scheme (Verify)"
	case proof.By(p.Verify).Verify(c, s) != Authentic:
		return proof.By(p.Verify).Why(c, s)
	case cause == Stale:
		return p.Freshness.why(c)
	default:
		return fmt.Sprintf("the credential is right, but nothing is found at Replay.Key (%s)", p.Replay.Key.Place())
	}
}

// why says what is wrong with the time of a call that is too old, or from the future.
func (f Freshness) why(c Call) string {
	at, ok := f.time(c)
	if !ok {
		return fmt.Sprintf("no time is found at Freshness.At (%s)", f.At.Place())
	}
	return fmt.Sprintf("it was signed %s before it came; from %s after that to %s before are taken", c.AcceptedAt.Sub(at), f.Future, f.Past)
}
