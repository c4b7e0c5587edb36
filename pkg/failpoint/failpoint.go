// Package failpoint ends the process between two steps of its work, for tests that have to see what becomes of a message
// then: a signal from outside comes at any moment, and nearly never at this one.
//
// A program does nothing at a [Point] unless it is built with the tag failpoints. Then the environment variable
// PUENTE_FAILPOINT names a point, "outcome-stored" or "outcome-stored:3": the process ends itself there with SIGKILL, when
// it comes there for the first, or the third time. It says so on standard error before, by [Point.Last].
//
//	go build -tags failpoints -o puente ./services/puente
//	PUENTE_FAILPOINT=sent:5 ./puente up
//
// Points are told apart by name, not by goroutine: whoever comes there ends the process. All of its functions may be called
// by several goroutines at once.
package failpoint

// Variable is the environment variable that chooses a point.
const Variable = "PUENTE_FAILPOINT"

// Point is a place between two steps. What is said of each is what has been done when the process ends there.
type Point string

// The points, in the order in which a message comes to them.
const (
	// MessageStored is after ingress has stored a message of the platform, before the platform has its answer.
	MessageStored Point = "message-stored"
	// CallStored is the same of a network's call.
	CallStored Point = "call-stored"
	// EventStored is after a network's service has stored one event of a call, before the call is finished.
	EventStored Point = "event-stored"
	// Claimed is after the translator has taken a message in the records, before it is on its way.
	Claimed Point = "claimed"
	// OnItsWay is after the translator has put all parts of a message on their way, before the journal has it.
	OnItsWay Point = "on-its-way"
	// Translated is after all of that, before the message is finished in MESSAGES.
	Translated Point = "translated"
	// Told is after the journal has stored what several messages and outcomes tell, before these are finished.
	Told Point = "told"
	// ToSend is before a message is sent, when everything is ready.
	ToSend Point = "to-send"
	// Sent is after the destination has answered, before anything of it is stored.
	Sent Point = "sent"
	// OutcomeStored is after the outcome of a send was stored, before the message is finished in EGRESS_*.
	OutcomeStored Point = "outcome-stored"
	// SentNoted is after the translator has found out what else is known of a message that was sent, before its state is raised. The
	// journal may not have it yet.
	SentNoted Point = "sent-noted"
	// StateRaised is after the state of a message was raised, before the platform's status is on its way.
	StateRaised Point = "state-raised"
	// StatusOnItsWay is after that, before the outcome or receipt is finished in OUTCOMES_*.
	StatusOnItsWay Point = "status-on-its-way"
	// Removed is after finished entries have left a stream, before the position of their partition is stored.
	Removed Point = "removed"
	// PositionStored is after the position was stored.
	PositionStored Point = "position-stored"
	// Owned is after a process has become the owner of a partition, before it has read anything.
	Owned Point = "owned"
)

// All are the points.
var All = []Point{
	MessageStored, CallStored, EventStored, Claimed, OnItsWay, Translated, Told, ToSend, Sent, OutcomeStored, SentNoted, StateRaised,
	StatusOnItsWay, Removed, PositionStored, Owned,
}

// Last is what a process says on standard error before it ends itself, in a line of its own.
func (p Point) Last() string { return "failpoint " + string(p) + ": this process ends itself" }
