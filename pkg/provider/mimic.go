package provider

import (
	"errors"
	"time"
)

// Said is what a contact writes, for a call to be made up of it: see [Network].Mimic.
type Said struct {
	// Contact is the address of who writes, as the network spells it; "" for an example of the network's own.
	Contact string
	// Text is what is written.
	Text string
	// Number makes the call another one than those before: ids of the message and of the call are made of it. It is positive, and less
	// than 2^53.
	Number int64
	// At is when it is written.
	At time.Time
}

// ErrNotCalled is what [Network].Mimic returns for an account that the network does not call, since it is listened to.
var ErrNotCalled = errors.New("the channel is listened to: the network does not call")
