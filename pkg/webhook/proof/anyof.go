package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

// AnyOf admits a call that one of several schemes admits, such as a bearer token or the same token in the query.
type AnyOf []Scheme

func (a AnyOf) verify(c expr.Call, s expr.Secrets) Cause { return a.judge(c, s, Scheme.verify) }

func (a AnyOf) head(c expr.Call, s expr.Secrets) Cause { return a.judge(c, s, Scheme.head) }

func (a AnyOf) judge(c expr.Call, s expr.Secrets, judge func(Scheme, expr.Call, expr.Secrets) Cause) Cause {
	worst := Unsigned
	for _, scheme := range a {
		if scheme == nil {
			continue
		}
		switch cause := judge(scheme, c, s); {
		case cause == Authentic:
			return Authentic
		case cause == Stale || worst == Unsigned:
			worst = cause
		}
	}
	return worst
}

func (a AnyOf) strip(c *expr.Call) {
	for _, scheme := range a {
		if scheme != nil {
			scheme.strip(c)
		}
	}
}

// covers is true where one of the schemes does. Where one does not, another call may pass by it: Validate asks for
// each scheme that it covers something of what is looked for.
func (a AnyOf) covers(e expr.Expr) bool {
	for _, scheme := range a {
		if scheme != nil && scheme.covers(e) {
			return true
		}
	}
	return false
}

func (a AnyOf) binds() bool {
	return !slices.ContainsFunc(a, func(s Scheme) bool { return s != nil && !s.binds() })
}

func (a AnyOf) problem() error {
	var errs []error
	if len(a) == 0 {
		errs = append(errs, errors.New("no scheme"))
	}
	for i, scheme := range a {
		if scheme == nil {
			errs = append(errs, fmt.Errorf("[%d]: no scheme", i))
		} else if err := scheme.problem(); err != nil {
			errs = append(errs, fmt.Errorf("[%d]: %w", i, err))
		}
	}
	return wrap("any_of", errors.Join(errs...))
}

func (a AnyOf) texts() (all []string) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.texts()...)
		}
	}
	return all
}

func (a AnyOf) hmacs() (all []HMAC) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.hmacs()...)
		}
	}
	return all
}

func (a AnyOf) fields() (all []string) {
	for _, scheme := range a {
		if scheme != nil {
			all = append(all, scheme.fields()...)
		}
	}
	return all
}

func (a AnyOf) why(c expr.Call, s expr.Secrets) string {
	var all []string
	for i, scheme := range a {
		if scheme != nil {
			all = append(all, fmt.Sprintf("scheme [%d] (%T): %s", i, scheme, scheme.why(c, s)))
		}
	}
	return strings.Join(all, "; ")
}
