// Package result says what became of one try to send: the words that a network's code, the SDK and the delivery share. It
// is plain data, so that a network's code depends on no broker.
package result

import (
	"time"

	"github.com/bonychat/puente/pkg/reason"
)

// Class says what became of a try. The zero value is the safe one.
type Class int

// The classes of a try.
const (
	Retry     Class = iota // not classified, or temporary: tried again with growing pauses until the validity ends
	Sent                   // the destination took it
	Rejected               // the destination will never take it
	Waiting                // the destination said when to come back; no try is spent
	Suspended              // the destination refuses the credential, or refuses this message as if it did
	Uncertain              // the request was written and the answer lost: the destination may have taken the message
)

// String is the class in one word, for spans, logs and metrics: a closed set.
func (c Class) String() string {
	switch c {
	case Sent:
		return "sent"
	case Rejected:
		return "rejected"
	case Waiting:
		return "waiting"
	case Suspended:
		return "suspended"
	case Uncertain:
		return "uncertain"
	default: // handled as one that is not classified
		return "retry"
	}
}

// Scope says who waits.
type Scope int

// The scopes of a wait.
const (
	Contact Scope = iota // this contact only
	Channel              // the whole channel
	Account              // every channel with the same account
)

// Result is what became of one try to send.
type Result struct {
	Class Class
	// Alias is set with Sent if the destination answered with another address of the contact than it was given; otherwise "".
	Alias string
	// Reason is read by the agent; that of a suspension by the operator. It holds no content, no credential and no personal data.
	Reason reason.Reason
	// After and Scope belong to Waiting: how long, and who. With Retry, After is the shortest pause before the next try.
	After time.Duration
	Scope Scope
	// Within bounds the tries of Retry, counted from the first one; 0 means until the message's validity ends.
	Within time.Duration
	// Err is for the log; it holds no content and no credential.
	Err error
}

// Rate is a token bucket: Sends in Per, refilled steadily. The zero value is no limit.
type Rate struct {
	Sends int
	Per   time.Duration
	// Burst is how many may go at once after a pause; default Sends.
	Burst int
}
