package webhook

import (
	"slices"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Verdict is what becomes of a call.
type Verdict struct {
	// Cause is why it is refused; [Authentic] if it is not.
	Cause Cause
	// Handshake is true for an authentic call that is answered at once and not stored.
	Handshake bool
	// Answer is the answer for the caller. If the call is to be stored, it is given only after that.
	Answer Answer
}

// Check is the Cause of [Policy.Examine].
func (p Policy) Check(c Call, s Secrets) Cause { return p.Examine(c, s).Cause }

// Examine judges a call. It compares secrets in constant time, and takes the call's AcceptedAt for now. It cannot know whether the
// call was replayed: its caller has to remember what [Replay] finds.
func (p Policy) Examine(c Call, s Secrets) Verdict {
	cause, handshake := p.examine(c, s)
	if cause == Authentic && handshake != nil {
		return Verdict{Handshake: true, Answer: handshake.answer(c, s)}
	}
	return Verdict{Cause: cause, Answer: p.Answer(cause)}
}

// CheckHead judges a call before its body is read. It refuses a method that the policy does not take, a missing credential, one that is
// wrong whatever the body is, and a compressed body. [Authentic] means that the body decides.
func (p Policy) CheckHead(c Call, s Secrets) Cause {
	c.Body = nil
	if cause, handshake := p.greet(c, s); handshake != nil {
		return cause
	}
	switch {
	case !p.takes(c.Method) && !p.greets(c.Method):
		return Method
	case slices.ContainsFunc(p.Handshakes, func(h Handshake) bool { return h.open(c, s) }):
		return Authentic
	case p.Verify == nil:
		return Forged
	}
	if cause := proof.By(p.Verify).Head(c, s); cause != Authentic {
		return cause
	}
	if expr.Compressed(c.Header) {
		return Encoded
	}
	return Authentic
}

// greet judges the handshakes that have a proof of their own. What a body says of them counts where they are proved.
func (p Policy) greet(c Call, s Secrets) (Cause, *Handshake) {
	for i := range p.Handshakes {
		h := &p.Handshakes[i]
		if h.Secret == "" || !h.mayBe(c, s) {
			continue
		}
		cause := h.prove(c, s)
		if h.asksBody() && (cause != Authentic || !h.When.Inside(c, s) || !h.echoes(c)) {
			continue
		}
		return cause, h
	}
	return Authentic, nil
}

// examine looks for nothing in a body before the call is proved, but for the credential and what is signed with it.
func (p Policy) examine(c Call, s Secrets) (Cause, *Handshake) {
	if !p.takes(c.Method) && !p.greets(c.Method) {
		return Method, nil
	}
	if int64(len(c.Body)) > p.Limit() {
		return TooLarge, nil
	}
	if cause, handshake := p.greet(c, s); handshake != nil {
		if cause == Authentic && !handshake.computes(c, s) {
			cause = Forged
		}
		return cause, handshake
	}
	if p.Verify == nil {
		return Forged, nil
	}
	if cause := proof.By(p.Verify).Verify(c, s); cause != Authentic {
		return cause, nil
	}
	switch {
	case !p.Freshness.admits(c):
		return Stale, nil
	case expr.Compressed(c.Header):
		return Encoded, nil
	}
	for i := range p.Handshakes {
		if h := &p.Handshakes[i]; h.Secret == "" && h.is(c, s) {
			if !h.computes(c, s) {
				return Forged, h
			}
			return Authentic, h
		}
	}
	switch {
	case !p.takes(c.Method):
		return Method, nil
	case p.Replay.Keep != 0 && p.Replay.Key.Find(c) == "":
		return Forged, nil // what cannot be remembered could be replayed for ever
	}
	return Authentic, nil
}
