package outcome

import (
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// Whom a [Wait] concerns.
const (
	Contact = result.Contact // this contact only
	Channel = result.Channel // the whole channel
	Account = result.Account // every channel with the same account
)

// Failure is a classified error, in the words of package result: its Class, the Reason that the agent reads, After and
// Scope of a wait, Within. Networks make one by [Reject], [Wait], [Suspend], [Uncertain] and [Temporary]; who has only an
// error finds it by [Classify]. It is not changed after it was made, and may be shared.
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

// Reject is final: the network will never take this message. The reason is what the agent reads.
func Reject(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Rejected, Reason: why, Err: err})
}

// Wait is "come back later": exactly as told, for whom the network says, no attempt spent. A network that says no time
// is given a second, or it would be asked without a pause.
func Wait(after time.Duration, scope result.Scope, err error) error {
	after = orSecond(after)
	return WaitBecause(after, scope, reason.ToldToWait.With("after", after), err)
}

// WaitBecause is like [Wait], where the network says what for.
func WaitBecause(after time.Duration, scope result.Scope, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Waiting, Reason: why, After: orSecond(after), Scope: scope, Err: err})
}

func orSecond(after time.Duration) time.Duration {
	if after <= 0 {
		return time.Second
	}
	return after
}

// Suspend is a credential that is no good: the channel is not sent to until it changes. The reason is what the
// operator reads.
func Suspend(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Suspended, Reason: why, Err: err})
}

// Uncertain is a request that was answered, by an answer that does not tell what became of it: a success without an id.
// One that was written and not answered at all package httpclient yields by itself.
func Uncertain(err error) error { return UncertainBecause(reason.UnclearAnswer, err) }

// UncertainBecause is like [Uncertain], for another reason: a request that was written and not answered.
func UncertainBecause(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Uncertain, Reason: why, Err: err})
}

// Temporary is tried again with growing pauses until the message's validity ends; the reason is what is told then.
func Temporary(why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, Err: err})
}

// TemporaryAfter is like [Temporary], but not tried again before the network said: an error that one message provokes
// must not stop the others, nor go on for ever, as a wait would.
func TemporaryAfter(after time.Duration, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, After: after, Err: err})
}

// TemporaryFor is like [Temporary], but for so long at most.
func TemporaryFor(within time.Duration, why reason.Reason, err error) error {
	return failed(result.Result{Class: result.Retry, Reason: why, Within: within, Err: err})
}

// UnclassifiedFor bounds the tries of an error that nobody classified.
const UnclassifiedFor = 15 * time.Minute

// Classify is the failure in err's chain. An error that nobody classified is tried again for 15 minutes at
// most. nil for nil.
func Classify(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Result: result.Result{Class: result.Retry, Reason: reason.Internal, Within: UnclassifiedFor, Err: err}}
}
