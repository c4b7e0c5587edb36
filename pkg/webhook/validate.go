package webhook

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// Validate joins all that is wrong with the policy.
func (p Policy) Validate() error {
	var errs []error
	if p.Verify == nil {
		errs = append(errs, errors.New("webhook policy: verify is required"))
	} else if err := p.Verify.problem(); err != nil {
		errs = append(errs, fmt.Errorf("webhook policy: verify: %w", err))
	}
	if p.MaxBody < 0 || p.MaxBody > LargestMaxBody {
		errs = append(errs, fmt.Errorf("webhook policy: max_body is 0 to %d bytes", LargestMaxBody))
	}
	for _, m := range p.Methods {
		if !method.MatchString(m) {
			errs = append(errs, fmt.Errorf("webhook policy: methods: %q is not the name of a method in capitals", m))
		}
	}
	if err := p.Dedupe.problem(); err != nil {
		errs = append(errs, fmt.Errorf("webhook policy: dedupe: %w", err))
	}
	if s := p.Accepted.Status; s != 0 && (s < 200 || s > 299) {
		errs = append(errs, fmt.Errorf("webhook policy: accepted: status %d is not one of success", s))
	}
	for _, cause := range slices.Sorted(maps.Keys(p.Refused)) {
		if _, known := defaultStatus[cause]; !known || cause == Authentic {
			errs = append(errs, fmt.Errorf("webhook policy: refused: unknown cause %q", cause))
		}
		if s := p.Refused[cause].Status; s != 0 && (s < 400 || s > 599) {
			// least of all for not_stored: the network would not call again
			errs = append(errs, fmt.Errorf("webhook policy: refused: status %d for %s is not one of failure", s, cause))
		}
	}
	return errors.Join(errs...)
}

var method = regexp.MustCompile(`^[A-Z]+$`)
