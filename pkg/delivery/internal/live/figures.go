package live

import (
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/telemetry/meter"
)

// State is how a channel stands, or why messages of one wait: the closed set of the label state.
type State string

// The states of a channel. What waits in one that is not Active waits for that alone.
const (
	Active       State = "active"       // none of the others
	Unconfigured State = "unconfigured" // nobody knows how the channel is sent to, yet or any more
	Paused       State = "paused"       // an operator paused it
	Suspended    State = "suspended"    // its credential is refused
	Failing      State = "failing"      // several contacts failed in a row: one send at a time asks
)

// Why messages of an active channel wait.
const (
	waiting  State = "waiting"  // the destination said when to come back, or a rate is used up
	retrying State = "retrying" // after a failure of this message, or of the one before it
	due      State = "due"      // may be sent now
)

var messageStates = []State{Unconfigured, Paused, Suspended, Failing, waiting, retrying, due}

var channelStates = []State{Active, Unconfigured, Paused, Suspended, Failing}

// Figures counts channels and what waits in them. The zero value has counted none. It has no lock.
type Figures struct {
	channels map[State]int
	waiting  map[State]*backlog
}

// backlog is what waits for one reason.
type backlog struct {
	messages int
	oldest   time.Time // when that was accepted
}

func (b *backlog) add(messages int, oldest time.Time) {
	b.messages += messages
	if !oldest.IsZero() && (b.oldest.IsZero() || oldest.Before(b.oldest)) {
		b.oldest = oldest
	}
}

// Add counts a channel that is in a state, and what its queue holds.
func (f *Figures) Add(q *consume.Queue, channel State) {
	if f.channels == nil {
		f.channels, f.waiting = map[State]int{}, map[State]*backlog{}
	}
	f.channels[channel]++
	paused := q.Paused()
	q.Look(nil, func(l consume.LaneState) {
		state := channel
		if channel == Active {
			state = laneState(l, paused)
		}
		b := f.waiting[state]
		if b == nil {
			b = &backlog{}
			f.waiting[state] = b
		}
		b.add(l.Length, l.Accepted)
	})
}

// laneState is why a lane of an active channel waits, by its head.
func laneState(l consume.LaneState, paused bool) State {
	switch n, _ := l.Note.(*Note); {
	case !l.Due.IsZero() && n != nil && n.Failed:
		return retrying
	case !l.Due.IsZero() || paused:
		return waiting
	default:
		return due
	}
}

// Tell tells how much waits for a destination, and why. Every state is told, so that a figure that falls to nothing is seen to.
func (f *Figures) Tell(o meter.Observer, far string) {
	for _, state := range channelStates {
		o.Channels(far, string(state), f.channels[state])
	}
	for _, state := range messageStates {
		messages, age := 0, time.Duration(0)
		if b := f.waiting[state]; b != nil {
			messages = b.messages
			if !b.oldest.IsZero() {
				age = time.Since(b.oldest)
			}
		}
		o.Backlog(far, string(state), messages, age)
	}
}
