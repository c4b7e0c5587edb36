package webhook

// Verdict is what becomes of a call.
type Verdict struct {
	// Cause is why it is refused; [Authentic] where it is not.
	Cause Cause
	// Handshake says that it is authentic and answered at once: it is not stored.
	Handshake bool
	// Answer is what the caller is told; where the call is to be stored, once it is.
	Answer Answer
}

// Check says why the call is to be refused, or [Authentic]: that of [Policy.Examine].
func (p Policy) Check(c Call, s Secrets) Cause { return p.Examine(c, s).Cause }

// Examine judges a call. It compares in constant time and reads no clock: the call's AcceptedAt is now. What it cannot
// know is whether the call was replayed: that is for whoever remembers what [Replay] finds.
func (p Policy) Examine(c Call, s Secrets) Verdict {
	cause, handshake := p.examine(c, s)
	if cause == Authentic && handshake != nil {
		return Verdict{Handshake: true, Answer: handshake.answer(c)}
	}
	return Verdict{Cause: cause, Answer: p.Answer(cause)}
}

func (p Policy) examine(c Call, s Secrets) (Cause, *Handshake) {
	if !p.takes(c.Method) && !p.greets(c.Method) {
		return Method, nil
	}
	if int64(len(c.Body)) > p.Limit() {
		return TooLarge, nil
	}
	for i := range p.Handshakes { // those with a proof of their own
		if h := &p.Handshakes[i]; h.Secret != "" && h.is(c, s) {
			return h.prove(c, s), h
		}
	}
	if p.Verify == nil {
		return Forged, nil
	}
	if cause := p.Verify.verify(c, s); cause != Authentic {
		return cause, nil
	}
	if !p.Freshness.admits(c) {
		return Stale, nil
	}
	for i := range p.Handshakes {
		if h := &p.Handshakes[i]; h.Secret == "" && h.is(c, s) {
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
