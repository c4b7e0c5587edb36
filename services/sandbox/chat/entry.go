package chat

import (
	"encoding/json"
	"slices"
)

// Direction says which way an entry went, seen from the side whose book it stands in.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Status is how far an entry has come.
type Status string

// The statuses of an entry.
const (
	Queued    Status = "queued"    // out: not taken by the next hop yet
	Accepted  Status = "accepted"  // out: the gateway answered with an mId, nothing more is known
	Sent      Status = "sent"      // out: one tick
	Delivered Status = "delivered" // out: two ticks; in: shown
	Read      Status = "read"      // out: two coloured ticks; in: looked at
	Failed    Status = "failed"    // out: Reason says why
	Received  Status = "received"  // in, at the platform
)

var ranks = map[Status]int{Queued: 1, Accepted: 2, Sent: 3, Failed: 4, Delivered: 5, Received: 5, Read: 6}

// Before reports whether s is an earlier state of a message than other.
func (s Status) Before(other Status) bool { return ranks[s] < ranks[other] }

// Entry is one message as one side sees it.
type Entry struct {
	// Seq tells the entries of a book apart; Book.Add gives it.
	Seq       uint64    `json:"seq"`
	Direction Direction `json:"direction"`
	// Time is when it came into the book, or was written where the far end says so: UNIX time in milliseconds.
	Time int64 `json:"time"`
	// MID is the gateway's id of the message; on the phone, its own id of what was typed there.
	MID string `json:"mId"`
	// ID is the phone network's id; "" at the platform.
	ID string `json:"id,omitempty"`
	// Key is the idempotency key it came to the phone with; its receipts hand it back.
	Key    string `json:"key,omitempty"`
	Status Status `json:"status"`
	// Reason is why it failed or still waits.
	Reason string `json:"reason,omitempty"`
	// Reasons are the same in each of the page's languages, where they are known.
	Reasons map[string]string `json:"reasons,omitempty"`
	// Echo marks what somebody of the business sent without the platform.
	Echo bool `json:"echo,omitempty"`
	// Message is the message object of the contract.
	Message json.RawMessage `json:"message"`
	// Warnings are what was odd about it: a word, then what it is about after a colon ("backwards: delivered after read").
	Warnings []string `json:"warnings"`
}

// Warn adds a warning. The entry shares none of them with its copies.
func (e *Entry) Warn(warning string) {
	if len(e.Warnings) < 20 {
		e.Warnings = append(slices.Clone(e.Warnings), warning)
	}
}

// size is about what the entry takes in memory, in bytes.
func (e *Entry) size() int { return 256 + len(e.Message) + 3*len(e.Reason) }
