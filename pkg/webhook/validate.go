package webhook

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Validate joins all that is wrong with the policy.
func (p Policy) Validate() error {
	var errs []error
	wrong := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("webhook policy: %s: %w", what, err))
		}
	}
	if p.Verify == nil {
		errs = append(errs, errors.New("webhook policy: verify is required"))
	} else {
		wrong("verify", proof.By(p.Verify).Problem())
		wrong("freshness", covered(p.Verify, p.Freshness.At))
		wrong("replay", covered(p.Verify, p.Replay.Key))
		if !proof.By(p.Verify).Binds() && !p.Replay.given() {
			wrong("replay", errors.New("is required where the body is not signed"))
		}
	}
	wrong("freshness", p.Freshness.problem())
	wrong("replay", p.Replay.problem(max(p.Freshness.Past+p.Freshness.Future, proof.By(p.Verify).Lifetime())))
	if p.MaxBody < 0 || p.MaxBody > LargestMaxBody {
		wrong("max_body", fmt.Errorf("is 0 to %d bytes", LargestMaxBody))
	}
	for _, m := range p.Methods {
		if !method.MatchString(m) {
			wrong("methods", fmt.Errorf("%q is not the name of a method in capitals", m))
		}
	}
	for i := range p.Handshakes {
		wrong(fmt.Sprintf("handshakes[%d]", i), p.Handshakes[i].problem())
	}
	wrong("dedupe", p.Dedupe.Problem())
	if s := p.Accepted.Status; s != 0 && (s < 200 || s > 299) {
		wrong("accepted", fmt.Errorf("status %d is not one of success", s))
	}
	wrong("accepted", p.Accepted.problem())
	for _, cause := range slices.Sorted(maps.Keys(p.Refused)) {
		a := p.Refused[cause]
		if _, known := defaultStatus[cause]; !known || cause == Authentic {
			wrong("refused", fmt.Errorf("unknown cause %q", cause))
		}
		if s := a.Status; s != 0 && (s < 400 || s > 599) {
			// least of all for not_stored: the network would not call again
			wrong("refused", fmt.Errorf("status %d for %s is not one of failure", s, cause))
		}
		wrong("refused", a.problem())
	}
	return errors.Join(errs...)
}

// covered is what is wrong where nobody vouches for what an expression finds: whoever replays a call could write it anew.
// Where any of several schemes admits, each must vouch for one of the places where it is looked for.
func covered(s proof.Scheme, e expr.Expr) error {
	if e.None() {
		return nil
	}
	leaves := e.Leaves()
	for _, leaf := range leaves {
		if !proof.By(s).Covers(leaf) {
			return errors.New("is not part of what is signed")
		}
	}
	alternatives, _ := s.(proof.AnyOf)
	for i, one := range alternatives {
		if one != nil && !slices.ContainsFunc(leaves, proof.By(one).Covers) {
			return fmt.Errorf("is not part of what any_of[%d] signs", i)
		}
	}
	return nil
}

var (
	method = regexp.MustCompile(`^[A-Z]+$`)
	token  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// own are the headers that an answer cannot set: they are the server's, or have a field of their own.
var own = []string{"connection", "content-length", "content-type", "date", "trailer", "transfer-encoding", "upgrade"}

func (a Answer) problem() error {
	for name, value := range a.Header {
		if !token.MatchString(name) || slices.Contains(own, strings.ToLower(name)) || strings.ContainsAny(value, "\r\n\x00") {
			return fmt.Errorf("header %q cannot be set", name)
		}
	}
	if strings.ContainsAny(a.ContentType, "\r\n\x00") {
		return errors.New("content_type cannot be set")
	}
	return nil
}
