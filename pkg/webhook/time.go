package webhook

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/webhook/expr"
)

// Freshness bounds the age of a call, by the time in the call, which its signature must cover. The zero value admits any age.
type Freshness struct {
	// At finds the time of signing: a whole number of units since 1970.
	At expr.Expr `json:"at"`
	// Unit is the unit of At; default [Seconds].
	Unit Unit `json:"unit,omitempty"`
	// Past is how old a call may be. Required.
	Past time.Duration `json:"past"`
	// Future is how far a network's clock may be ahead of ours; default not at all.
	Future time.Duration `json:"future,omitempty"`
}

// Unit is the unit in which a time is counted. The zero value is [Seconds].
type Unit string

// The units.
const (
	Seconds      Unit = "s"
	Milliseconds Unit = "ms"
)

// latest is the largest number that is accepted as a time.
const latest = 1 << 53

func (f Freshness) given() bool { return f.Past != 0 || f.Future != 0 || f.Unit != "" || !f.At.None() }

// admits says whether the call is neither too old nor from the future. A call without a time is neither.
func (f Freshness) admits(c Call) bool {
	if !f.given() {
		return true
	}
	at, ok := f.time(c)
	if !ok || c.AcceptedAt.IsZero() {
		return false
	}
	age := c.AcceptedAt.Sub(at)
	return age <= f.Past && age >= -f.Future
}

// time is when the call was signed; false where it does not say so.
func (f Freshness) time(c Call) (time.Time, bool) {
	n, err := strconv.ParseInt(f.At.Find(c), 10, 64)
	switch {
	case err != nil || n < 0 || n > latest:
		return time.Time{}, false
	case f.Unit == Milliseconds:
		return time.UnixMilli(n), true
	default:
		return time.Unix(n, 0), true
	}
}

func (f Freshness) problem() error {
	if !f.given() {
		return nil
	}
	var errs []error
	if err := f.At.Required(); err != nil {
		errs = append(errs, fmt.Errorf("at: %w", err))
	}
	if f.Unit != "" && f.Unit != Seconds && f.Unit != Milliseconds {
		errs = append(errs, fmt.Errorf("unknown unit %q", f.Unit))
	}
	if f.Past <= 0 || f.Future < 0 {
		errs = append(errs, errors.New("past is required, and neither past nor future is negative"))
	}
	return errors.Join(errs...)
}

// Replay lets each value that Key finds admit one call only, and repeats of that call. Key must be covered by the signature. A call in
// which it finds nothing is [Forged].
//
// Ingress remembers the value together with the call that it admitted, which it knows by its dedupe key, or by its bytes if it has
// none. The same call again is the network's own repeat: it is answered as accepted, and stored if it was not stored before. Another
// call with the same value is [Replayed]. Refusing every repeat would lose calls that could not be stored at first.
//
// It is required with a signature that does not cover the body: whoever saw one such call could send any other body with it.
type Replay struct {
	Key expr.Expr `json:"key"`
	// Keep is how long a value is remembered: at least as long as Freshness, or the age of a [proof.JWT], admits a call. Required, at
	// most 8 days.
	Keep time.Duration `json:"keep"`
}

const longestKeep = 8 * 24 * time.Hour

func (r Replay) given() bool { return r.Keep != 0 || !r.Key.None() }

// problem is what is wrong beside a scheme whose calls are admitted for so long.
func (r Replay) problem(lifetime time.Duration) error {
	if !r.given() {
		return nil
	}
	var errs []error
	if err := r.Key.Required(); err != nil {
		errs = append(errs, fmt.Errorf("key: %w", err))
	}
	if r.Keep < time.Second || r.Keep > longestKeep {
		errs = append(errs, fmt.Errorf("keep is 1s to %s", longestKeep))
	}
	if r.Keep < lifetime {
		errs = append(errs, fmt.Errorf("keep is shorter than a call is admitted, %s", lifetime))
	}
	return errors.Join(errs...)
}
