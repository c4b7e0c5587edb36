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
	Suspended              // the credentials are no good, or this message is refused as if they were
	Uncertain              // it was written and the answer lost: sent again, it may be doubled
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

// Scope is whom a wait concerns.
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
	// Alias is the contact's address, with Sent, where the destination answered with another; else "".
	Alias string
	// Reason is what the agent, or of a suspension the operator, reads. It holds no content, no credential and no personal
	// data.
	Reason reason.Reason
	// After and Scope are of Waiting: how long, and whom. With Retry, After is the shortest pause.
	After time.Duration
	Scope Scope
	// Within bounds Retry, counted from the first of them; 0 means until the validity ends.
	Within time.Duration
	// Err is for the log; it holds no content and no credential.
	Err error
}

// Rate bounds sends: Sends in Per, refilled steadily. The zero value is no bound.
type Rate struct {
	Sends int
	Per   time.Duration
	// Burst is how many may go at once after a pause; default Sends.
	Burst int
}
