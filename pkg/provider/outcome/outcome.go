package outcome

import (
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// The scopes of a [Wait]: who waits.
const (
	Contact = result.Contact // this contact only
	Channel = result.Channel // the whole channel
	Account = result.Account // every channel with the same account
)

// Failure is a classified error: a [result.Result] with its Class, the Reason that the agent reads, and After, Scope and Within where
// they belong to the class. Make one with [Reject], [Wait], [Suspend], [Uncertain] or [Temporary]; find it in an error with
// [Classify]. It must not be changed once it is made.
type Failure struct {
	result.Result
	words string // the network's own, not yet looked through
}

func failed(r result.Result) error { return &Failure{Result: r} }

func (f *Failure) Error() string {
	switch {
	case f.Err == nil:
		return f.Reason.String()
	case f.Reason.IsZero():
		return f.Err.Error()
	default:
		return f.Reason.String() + ": " + f.Err.Error()
	}
}

func (f *Failure) Unwrap() error { return f.Err }

// Reject says that the network will never take this message. The agent reads why.
func Reject(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Rejected, Reason: why, Err: err})
}

// Wait says that the network wants to be asked again after this time, and that scope waits so long. It does not count as a try. If the
// network says no time (0 or less), it is one second, so that a network is never asked without a pause.
func Wait(after time.Duration, scope result.Scope, err error) error {
	after = orSecond(after)
	return WaitBecause(after, scope, reason.ToldToWait.With("after", after), err)
}

// WaitBecause is [Wait] with a reason, if the network tells one.
func WaitBecause(after time.Duration, scope result.Scope, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Waiting, Reason: why, After: orSecond(after), Scope: scope, Err: err})
}

func orSecond(after time.Duration) time.Duration {
	if after <= 0 {
		return time.Second
	}
	return after
}

// Suspend says that the network refuses the credential. The channel's messages wait until the credential changes, or until one that is
// sent as a probe is taken. The operator reads why.
func Suspend(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Suspended, Reason: why, Err: err})
}

// Uncertain says that the network answered, but the answer does not tell what became of the message, such as a success without an id. For a
// request that was written and not answered at all, package httpclient returns this error by itself.
func Uncertain(err error) error { return UncertainBecause(reason.UnclearAnswer, err) }

// UncertainBecause is [Uncertain] with another reason.
func UncertainBecause(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Uncertain, Reason: why, Err: err})
}

// Temporary has the message tried again with growing pauses (1 s to 5 min) until its validity ends, or for an hour if other messages of
// the channel are taken meanwhile. Then it fails with this reason.
func Temporary(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, Err: err})
}

// TemporaryAfter is [Temporary], but the next try is not made before after. Unlike [Wait] it has no scope and counts as a try, so that it
// does not go on for ever: it is for an error that may be due to this message alone.
func TemporaryAfter(after time.Duration, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, After: after, Err: err})
}

// TemporaryFor is [Temporary], but the message fails after within, counted from the first try.
func TemporaryFor(within time.Duration, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, Within: within, Err: err})
}

// UnclassifiedFor is for how long a message is tried again after an error that nobody classified.
const UnclassifiedFor = 15 * time.Minute

// Classify is the failure in err's chain. For an error without one it is a [TemporaryFor] of [UnclassifiedFor]. It is nil for nil.
func Classify(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Result: result.Result{Class: result.Retry, Reason: reason.Internal, Within: UnclassifiedFor, Err: err}}
}
