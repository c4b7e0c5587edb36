// Package proof has the schemes by which a call proves that its network made it: a [Token] that is sent along, a keyed hash
// ([HMAC]), a hash with a secret in the text ([Hash]), a [Signature] by a private key, a [JWT]; [AnyOf] is several of them.
// A scheme is data, and is part of a policy's JSON ([Wire]).
//
//	proof.HMAC{Hash: digest.SHA256, Secret: "app_secret", Header: "X-Hub-Signature-256", Prefix: "sha256=", Encoding: digest.Hex}
//	proof.AnyOf{proof.Token{Bearer: true, Secret: "hs_token"}, proof.Token{Query: "access_token", Secret: "hs_token"}}
//
// A scheme names its credentials by the fields of the channel's account. If a field has several values, each of them admits. Every doubt
// refuses the call: no secret in the account, a credential that is missing, there twice or badly written, a part of the signed text
// that is missing. Secrets are compared in constant time.
//
// There are no other schemes, because every ingress has to know them. Package webhook judges calls by them ([Judge]). Everything is safe
// for concurrent use, as long as nobody changes a scheme that is in use.
package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/signing"
)

// Scheme verifies a call. Only the types of this package implement it, because schemes are stored and sent as data.
type Scheme interface {
	// verify is [Authentic] if the call proves that its sender knows one of the secrets, and otherwise [Unsigned], [Forged] or [Stale].
	// Without a secret nobody is admitted.
	verify(expr.Call, expr.Secrets) Cause
	// head judges a call without its body. It refuses a call only if no body could make it right.
	head(expr.Call, expr.Secrets) Cause
	// strip removes the credential from a call that is to be stored. It may change the call's header.
	strip(*expr.Call)
	// covers says whether the value that this expression finds is proved too.
	covers(expr.Expr) bool
	// binds is false if a signature that was seen once would admit another body.
	binds() bool
	// fields are the names of the account's fields that it reads, in no order and perhaps repeated.
	fields() []string
	// texts are the fields that it reads as they are: all but the keys of HMACs.
	texts() []string
	// hmacs are the HMACs in it.
	hmacs() []HMAC
	// why says in words why verify refuses a call.
	why(expr.Call, expr.Secrets) string
	// problem joins all mistakes of the scheme itself.
	problem() error
}

// Judge asks a scheme about calls. It is for package webhook; authors of policies do not need it. It is safe for concurrent use.
type Judge struct{ scheme Scheme }

// By makes the Judge of a scheme. With a nil scheme only Sign and Lifetime may be called.
func By(s Scheme) Judge { return Judge{s} }

// Verify is [Authentic] if the call proves that its sender knows one of the secrets, and otherwise [Unsigned], [Forged] or [Stale]. Without a
// secret in the account nobody is admitted. It compares in constant time, and takes the call's AcceptedAt for now.
func (j Judge) Verify(c expr.Call, s expr.Secrets) Cause { return j.scheme.verify(c, s) }

// Head judges a call before its body is read. It refuses a call only if no body could make it right.
func (j Judge) Head(c expr.Call, s expr.Secrets) Cause { return j.scheme.head(c, s) }

// Strip removes the credential from a call that is to be stored. It changes the call's header in place.
func (j Judge) Strip(c *expr.Call) { j.scheme.strip(c) }

// Covers says whether the value that the expression finds is proved too: nobody could change it without the secret.
func (j Judge) Covers(e expr.Expr) bool { return j.scheme.covers(e) }

// Binds is false if a signature that was seen once would admit another body.
func (j Judge) Binds() bool { return j.scheme.binds() }

// Fields are the names of the account's fields that the scheme reads, in no order and perhaps repeated.
func (j Judge) Fields() []string { return j.scheme.fields() }

// Seal reduces an account to what the scheme needs. A field that is only the key of an HMAC is replaced by the midstates of that HMAC, from
// which the key cannot be computed: see [digest.Function.Midstates]. besides are further fields that are needed as they are, and macs are
// hashes that have to be computed. It fails if the standard library's hash functions have changed.
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

// Why says in words why Verify refuses a call. It quotes no credential, and takes several times as long as Verify.
func (j Judge) Why(c expr.Call, s expr.Secrets) string { return j.scheme.why(c, s) }

// Problem joins all mistakes of the scheme itself; nil if there is none.
func (j Judge) Problem() error { return j.scheme.problem() }

// Cause is why a call is refused. The zero value means that it is not. Package webhook has further causes.
type Cause string

// The causes for which a scheme refuses a call.
const (
	Authentic Cause = ""         // not refused
	Unsigned  Cause = "unsigned" // the call has no credential
	Forged    Cause = "forged"   // the credential is wrong, or was made for another call
	Stale     Cause = "stale"    // authentic, but too old, or from the future
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

// Lifetime is for how long the scheme admits the same call; 0 if it sets no limit.
func (j Judge) Lifetime() time.Duration { return lifetime(j.scheme) }

// wrap says in which scheme something is wrong; nil for nothing.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
