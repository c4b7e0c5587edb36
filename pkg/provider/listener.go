package provider

import (
	"context"
	"time"
)

// Listener is an optional ability of a [Sender]: it receives from a network that makes no calls, by polling or over a connection. A network
// may have both ways, chosen by the account: an account that is listened to registers no webhook, unless it is [Called] too.
//
// One process of the service at a time listens to a channel. It is the process that sends for the channel too, so that one connection can
// serve both. Send may be called before Listen and after it: it may wait for a connection that is being made, and returns
// [outcome.Wait] if there is none. What was received is stored as a call, like those that ingress verified: Receive reads all of them, and
// they can be replayed.
type Listener interface {
	// Listens says whether this account is listened to. It does no I/O.
	Listens() bool
	// Listen receives from the cursor on ("" is the very beginning) until the context ends; then it returns soon. When it returns it is
	// called again: at once after nil; after a pause that grows up to a minute after an error; after the given time for
	// [outcome.Wait]; rarely, until the credentials change, after [outcome.Suspend] and [outcome.Reject]. So if a network limits
	// the number of connections, Listen has to keep that limit. It must confirm nothing to the network that is not stored.
	Listen(ctx context.Context, cursor string, store Store) error
}

// Called is an optional ability of a [Listener]: its network makes calls too, so that its webhook is registered like any other.
type Called interface {
	// Called says whether the network calls for this account although it is listened to. It does no I/O.
	Called() bool
}

// Store stores what was received, one piece after the other, and then moves the cursor, unless cursor is "". After an error the cursor was
// not moved, and Listen has to return the error; pieces that come again are recognised by their keys. It must not be called by two
// goroutines at once.
type Store func(ctx context.Context, cursor string, heard ...Heard) error

// Heard is one piece of what a [Listener] received. Receive gets it as a call without a method.
type Heard struct {
	// Key is the network's id of it, the same when it comes again; "" if the network has none. If the network has a webhook too, it is
	// what Webhook.Dedupe finds in the same call.
	Key string
	// Suffix tells one kind from another; "" if there is only one.
	Suffix string
	// Body is what Receive reads: at most 7 MB. A larger one becomes a dead letter.
	Body []byte
}

// Pause waits for d, or until the context ends: for a Listen between two requests. A Send must not wait: it returns [outcome.Wait].
func Pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
