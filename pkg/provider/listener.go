package provider

import (
	"context"
	"time"
)

// Listener is an optional ability of a [Sender]: it hears from a network that makes no calls, one that is polled or that
// holds a socket. A network may have both ways, by what an account says: one that is listened to registers no webhook,
// unless it is [Called] too.
//
// Each channel is listened to by one process of the service at a time, the one that sends for it: a socket can serve both, and
// Send, which may be called before Listen and after it, then waits for a connection that is being made, and returns
// [outcome.Wait] where there is none. How often a network may be connected to, where it counts that, is for Listen to know: it
// is called again for ever, at most a minute later. What was heard is stored as a call, beside those
// that ingress verified: Receive reads them all, and they can be replayed.
type Listener interface {
	// Listens says whether this account is listened to. It does no I/O.
	Listens() bool
	// Listen hears from the cursor on, "" for the very beginning, until the context ends; then it returns promptly.
	// It is called again when it returns: at once where it returned nil; after a growing pause where it returned an
	// error; as told with [outcome.Wait]; rarely, until the credentials change, with [outcome.Suspend] and
	// [outcome.Reject]. It confirms nothing to the network that is not stored.
	Listen(ctx context.Context, cursor string, store Store) error
}

// Called is an optional ability of a [Listener]: its network makes calls besides what is heard, so that its webhook is
// registered like any other.
type Called interface {
	// Called says whether this account is called although it is listened to. It does no I/O.
	Called() bool
}

// Store stores what was heard, one after the other, then moves the cursor, unless it is "". An error means that the
// cursor stands where it was: Listen returns it, and what comes again meanwhile is known by its key. Calls come one at
// a time.
type Store func(ctx context.Context, cursor string, heard ...Heard) error

// Heard is one call that was not made: what a network said when it was listened to. Receive is given it as a call
// without a method.
type Heard struct {
	// Key is what the network calls it, the same when it is heard again, and what Webhook.Dedupe finds in it where there
	// is a webhook too. "" where the network has no name for it.
	Key string
	// Suffix tells one kind from another, "" where there is one.
	Suffix string
	// Body is what Receive reads: at most 7 MB. In place of a larger one there is a dead letter that says so.
	Body []byte
}

// Pause waits, or until the context ends: for a Listen between two requests. Nothing waits in a Send: it returns [outcome.Wait].
func Pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
