package history

import (
	"net/http"
	"time"
)

// Way is the direction of a message.
type Way string

// The ways.
const (
	Outbound Way = "outbound" // from the platform to a phone
	Inbound  Way = "inbound"  // from a phone to the platform
)

// Lane is what has an order: one contact and one way.
type Lane struct {
	Way     Way
	Channel string
	Contact string
}

// Accepted is a message that the bridge took: answered 200, or taken from the network's webhook.
type Accepted struct {
	Lane
	Seq int
	At  time.Time
	// MID is what POST /message was answered with; "" inbound.
	MID string
}

// Send is one call of the bridge that a far end took.
type Send struct {
	// Begun is when the call came, At when what it says was taken, Answered when that was told; Answered is zero where
	// the answer was kept back.
	Begun, At, Answered time.Time
	// Process made the call; "" where that could not be seen.
	Process string
	// Unanswered says that the answer was kept back on purpose, Gone that nobody waited for it any more.
	Unanswered, Gone bool
	// Stored is when the bridge had stored the final outcome of this send, by the broker's clock; zero where it never
	// had. Repeats share it: there is one for each send.
	Stored time.Time
}

// answer notes that the call has been answered.
func (s *Send) answer(r *http.Request) {
	if s.Unanswered {
		return
	}
	s.Answered, s.Gone = time.Now(), r.Context().Err() != nil
}

// Arrival is a message that a far end took.
type Arrival struct {
	Lane
	Seq int
	// ID is the far end's name for it: the network's id, at the platform the mId.
	ID string
	// MID is the bridge's id of it.
	MID string
	Send
}

// Status is a receipt that the platform took.
type Status struct {
	MID   string
	Value string
	Send
}

// Told is a receipt of the network that the bridge took.
type Told struct {
	MID, Value string
	At         time.Time
}

// Kind is what was done to a process.
type Kind string

// The kinds.
const (
	Kill     Kind = "kill"      // SIGKILL
	Pause    Kind = "pause"     // SIGSTOP, past the lease
	Roll     Kind = "roll"      // SIGTERM, and a new one
	NodeKill Kind = "node kill" // SIGKILL of a NATS server
)

// Disruption is one that happened.
type Disruption struct {
	Kind    Kind
	Process string
	// At is when it happened. Of a kill and a pause: when the process had come to a stop, so that nothing it did is later.
	At time.Time
	// Until is when the process was ready again.
	Until time.Time
	// Open is how many messages were accepted and had not arrived at that moment, or when it was decided.
	Open int
	// Draining says that the process was draining when it was killed.
	Draining bool
}

// Fault is a way in which a far end failed on purpose.
type Fault string

// History is what happened in one run.
type History struct {
	Accepted    []Accepted
	Arrivals    []Arrival // of one lane in the order they came
	Statuses    []Status  // in the order they came
	Told        []Told
	Disruptions []Disruption // in the order they happened
	// Faults counts those that struck.
	Faults map[Fault]int
	// Wanted are the faults that must have struck at least once.
	Wanted []Fault
	// Healthy are the lanes that no fault of a far end concerned.
	Healthy map[Lane]bool
	// Refused counts calls of POST /message that were not answered 200.
	Refused int
	// Suppressed counts repeats that the network knew by their idempotency key.
	Suppressed int
	// Idempotency says that the network honours the key: no repeat has an excuse.
	Idempotency bool
	// Asked is how many disruptions were asked for.
	Asked map[Kind]int
	// Alone says that one process is all: nobody takes over while it is frozen.
	Alone bool
}
