// Package proof has the schemes by which a call proves that its network made it: a [Token] that is sent along, a keyed hash
// ([HMAC]), a hash with a secret in the text ([Hash]), a [Signature] by a private key, a [JWT]; [AnyOf] is several of them.
// A scheme is data, and travels with a policy as JSON ([Wire]).
//
//	proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: digest.Hex}
//	proof.AnyOf{proof.Token{Bearer: true, Secret: "hs_token"}, proof.Token{Query: "access_token", Secret: "hs_token"}}
//
// A scheme names its credentials by the fields of the channel's account; of a field with several values each is live. It
// fails closed: without a live secret, with a credential that is missing, twofold or badly written, with a part of the
// signed text that is not there, nobody is admitted. Secrets are compared in constant time.
//
// Only these schemes exist, since ingress has to know what it guards a door by. Package webhook judges by them ([Judge]).
package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
)

// Scheme verifies a call. The schemes are this package's own: they travel as data.
type Scheme interface {
	// verify is [Authentic] where the call proves that it knows one of the secrets, else [Unsigned], [Forged] or [Stale].
	// No secret, no entry.
	verify(expr.Call, expr.Secrets) Cause
	// head judges a call whose body is not known yet, by all that needs none: what it refuses, no body could mend.
	head(expr.Call, expr.Secrets) Cause
	// strip takes the credential out of what is stored. The header is the call's own by then.
	strip(*expr.Call)
	// covers says that the scheme vouches for what this expression finds.
	covers(expr.Expr) bool
	// binds is false where a signature that was seen once would admit another body.
	binds() bool
	// fields are the names of the account's fields that it reads, in no order and with repeats.
	fields() []string
	// texts are those of the fields whose text it reads: all but the keys of HMACs.
	texts() []string
	// hmacs are the HMACs in it.
	hmacs() []HMAC
	// why says in words why a call is refused that verify refuses.
	why(expr.Call, expr.Secrets) string
	// problem is what is wrong with the scheme itself.
	problem() error
}

// Judge asks a scheme about calls, for package webhook: authors declare schemes and need nothing of it. It holds no state
// and is safe for concurrent use.
type Judge struct{ scheme Scheme }

// By is what judges by a scheme. Where there is none, nil, only Sign and Lifetime may be asked.
func By(s Scheme) Judge { return Judge{s} }

// Verify is [Authentic] where the call proves that it knows one of the secrets, else [Unsigned], [Forged] or [Stale]. Without
// a live secret nobody is admitted. It compares in constant time and reads no clock: the call's AcceptedAt is now.
func (j Judge) Verify(c expr.Call, s expr.Secrets) Cause { return j.scheme.verify(c, s) }

// Head judges a call whose body is not known yet, by all that needs none: what it refuses, no body could mend.
func (j Judge) Head(c expr.Call, s expr.Secrets) Cause { return j.scheme.head(c, s) }

// Strip takes the credential out of a call that is to be stored. It changes the call's header in place.
func (j Judge) Strip(c *expr.Call) { j.scheme.strip(c) }

// Covers says that the scheme vouches for what this expression finds.
func (j Judge) Covers(e expr.Expr) bool { return j.scheme.covers(e) }

// Binds is false where a signature that was seen once would admit another body.
func (j Judge) Binds() bool { return j.scheme.binds() }

// Fields are the names of the account's fields that the scheme reads, in no order and with repeats.
func (j Judge) Fields() []string { return j.scheme.fields() }

// Seal is an account as far as the scheme needs it, and with as little as it needs: a field that is the key of an HMAC and nothing else
// is replaced by midstates of that HMAC, see [digest.Function.Midstates], from which the key is not found. besides are further
// fields whose text somebody reads, macs hashes that somebody makes. The error means that a hash function of this program is not as it was.
func (j Judge) Seal(account map[string]json.RawMessage, besides []string, macs ...MAC) (map[string]json.RawMessage, error) {
	texts, sealed := besides, map[string]json.RawMessage{}
	if j.scheme != nil {
		texts = append(slices.Clone(besides), j.scheme.texts()...)
	}
	for _, name := range texts {
		if value, there := account[name]; there {
			sealed[name] = value
		}
	}
	var hmacs []HMAC
	if j.scheme != nil {
		hmacs = j.scheme.hmacs()
	}
	for _, m := range macs {
		hmacs = append(hmacs, m.hmac())
	}
	for _, h := range hmacs {
		value, there := account[h.Secret]
		if !there || slices.Contains(texts, h.Secret) {
			continue // to hold both would hide nothing
		}
		secrets, err := expr.SecretsOf(json.RawMessage(`{"key":` + string(value) + `}`))
		if err != nil {
			return nil, err
		}
		states, err := h.seal(secrets["key"])
		if err != nil {
			return nil, err
		}
		if sealed[h.sealedName()], err = json.Marshal(states); err != nil {
			return nil, err
		}
	}
	return sealed, nil
}

// Why says in words why a call is refused that Verify refuses. It holds no value of a credential, and takes several times as
// long as Verify.
func (j Judge) Why(c expr.Call, s expr.Secrets) string { return j.scheme.why(c, s) }

// Problem joins what is wrong with the scheme itself, nil for nothing.
func (j Judge) Problem() error { return j.scheme.problem() }

// Cause is why a call is refused. The zero value means that it is not. Package webhook has further ones, of what a proof has
// no say in.
type Cause string

// The causes that a proof refuses a call for.
const (
	Authentic Cause = ""         // not refused
	Unsigned  Cause = "unsigned" // it holds no credential at all
	Forged    Cause = "forged"   // its credential is wrong, or does not belong to it
	Stale     Cause = "stale"    // authentic, but too old or from the future
)

// cause is why a call is refused whose signature was judged so.
func cause(j signing.Judgement) Cause {
	switch {
	case !j.Sent:
		return Unsigned
	case !j.Right:
		return Forged
	default:
		return Authentic
	}
}

// lifetime is for how long a scheme admits the same call, 0 where it does not say.
func lifetime(s Scheme) (longest time.Duration) {
	switch s := s.(type) {
	case JWT:
		if s.MaxAge > 0 {
			longest = s.MaxAge + 2*s.Leeway
		}
	case AnyOf:
		for _, one := range s {
			longest = max(longest, lifetime(one))
		}
	}
	return longest
}

// Lifetime is for how long the scheme admits the same call, 0 where it does not say.
func (j Judge) Lifetime() time.Duration { return lifetime(j.scheme) }

// wrap says in which scheme something is wrong; nil for nothing.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
