package provider

import (
	"errors"
	"time"
)

// Said is a made-up message of a contact, for [Network].Mimic.
type Said struct {
	// Contact is the contact's address, as the network spells it; "" for an example that the network chooses.
	Contact string
	// Text is the message's text.
	Text string
	// Number makes the call different from earlier ones: the ids of the message and of the call are made of it. It is positive and less
	// than 2^53.
	Number int64
	// At is when the message was written.
	At time.Time
}

// ErrNotCalled is returned by [Network].Mimic for an account for which the network makes no calls, because it is listened to.
var ErrNotCalled = errors.New("the channel is listened to: the network does not call")
