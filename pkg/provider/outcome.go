package provider

import (
	"errors"
	"fmt"
	"time"
)

// Class is what an error of a send means for the message. The zero value is the safe one.
type Class int

// The classes of a failed send.
const (
	Retry     Class = iota // unclassified or temporary: tried again with growing pauses
	Rejected               // final: the network will never take this message
	Waiting                // the network said when to come back; no attempt is spent
	Suspended              // the credential is no good: nothing is sent until it changes
	Unknown                // the request was written and the answer lost: it may have been taken
)

// Scope is whom a wait concerns.
type Scope int

// The scopes of a wait.
const (
	Contact Scope = iota // this contact only
	Channel              // the whole channel
	Account              // every channel with the same account
)

// Failure is a classified error of a send.
type Failure struct {
	Class Class
	// Reason is what the agent reads: no credential, no personal data, no message text.
	Reason string
	// After is how long to wait, and Scope for whom, with Waiting; with Retry, After is the shortest pause.
	After time.Duration
	Scope Scope
	// Within bounds Retry, counted from the first of them; 0 means until the message's validity ends.
	Within time.Duration
	words  string // the network's own, not yet looked through
	err    error
}

func (f *Failure) Error() string {
	switch {
	case f.err == nil:
		return f.Reason
	case f.Reason == "":
		return f.err.Error()
	default:
		return f.Reason + ": " + f.err.Error()
	}
}

func (f *Failure) Unwrap() error { return f.err }

// Reject is final: the network will never take this message. The reason is what the agent reads.
func Reject(reason string, err error) error {
	return &Failure{Class: Rejected, Reason: reason, err: err}
}

// Wait is "come back later": exactly as told, for whom the network says, no attempt spent. A network that says no time
// is given a second, or it would be asked without a pause.
func Wait(after time.Duration, scope Scope, err error) error {
	if after <= 0 {
		after = time.Second
	}
	return &Failure{Class: Waiting, Reason: fmt.Sprintf("the network asked to wait %s", after), After: after, Scope: scope, err: err}
}

// Suspend is a credential that is no good: the channel is not sent to until it changes. The reason is what the
// operator reads.
func Suspend(reason string, err error) error {
	return &Failure{Class: Suspended, Reason: reason, err: err}
}

// noAnswer is what an answer is called that was lost.
const noAnswer = "the network did not answer"

// Uncertain is a request that was written and not answered. [Client] yields it by itself.
func Uncertain(err error) error {
	return &Failure{Class: Unknown, Reason: noAnswer, err: err}
}

// Temporary is tried again with growing pauses until the message's validity ends; the reason is what is told then.
func Temporary(reason string, err error) error {
	return &Failure{Class: Retry, Reason: reason, err: err}
}

// TemporaryAfter is like [Temporary], but not tried again before the network said: an error that one message provokes
// must not stop the others, nor go on for ever, as a wait would.
func TemporaryAfter(after time.Duration, reason string, err error) error {
	return &Failure{Class: Retry, Reason: reason, After: after, err: err}
}

// TemporaryFor is like [Temporary], but for so long at most.
func TemporaryFor(within time.Duration, reason string, err error) error {
	return &Failure{Class: Retry, Reason: reason, Within: within, err: err}
}

// unclassified bounds the tries of an error that nobody classified.
const unclassified = 15 * time.Minute

// Classify is the failure in err's chain. An error that nobody classified is tried again for 15 minutes at
// most. nil for nil.
func Classify(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Class: Retry, Reason: "an error inside the bridge", Within: unclassified, err: err}
}
