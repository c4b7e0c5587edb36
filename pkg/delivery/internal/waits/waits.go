// Package waits says why a message waits, and what is written down of that. What held a message up before it was first tried stands
// in its final outcome ([Past]): to write down the beginning of each such wait would make the history grow with every message of a
// channel that is paused or suspended. That a message was tried and not taken is recorded at once, and then ever more rarely
// ([Recorded]).
package waits

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Wait is why a message waits at present.
type Wait struct {
	Why reason.Reason
	// Since is when what it waits for began; zero for when the message met it. Next is when the message is looked at again;
	// zero where that is not known.
	Since, Next time.Time
	// Failed says that it waits after a try that failed.
	Failed bool
}

// Bounds of what is told of holds.
const (
	// Shortest is how long something has to hold a message up to be told. A person sees that much.
	Shortest = 250 * time.Millisecond
	// holdsKept is how many holds of a message are told: the first ones.
	holdsKept = 4
)

// Past is what held a message up before it was first tried. The zero value is ready. It has no lock.
type Past struct {
	all   []*eventv1.Hold
	open  Wait // what holds it up now; none where Why is zero
	tried bool // nothing is added any more
}

// All are the holds, in the order in which they were met. It must not be changed.
func (h *Past) All() []*eventv1.Hold { return h.all }

// Met notes why the message waits now. It waited for the same as before, or for something else from now on. stored is when
// the message was stored: nothing held it up before.
func (h *Past) Met(w Wait, stored, now time.Time) {
	if h.tried || h.open.Why.Code() == w.Why.Code() && !h.open.Why.IsZero() {
		return
	}
	h.End(now)
	h.open = w
	if w.Since.IsZero() {
		h.open.Since = now
	} else if w.Since.Before(stored) {
		h.open.Since = stored
	}
	// what was told before has its own time
	if n := len(h.all); n > 0 && h.open.Since.Before(h.all[n-1].GetUntil().AsTime()) {
		h.open.Since = h.all[n-1].GetUntil().AsTime()
	}
}

// End notes that what held the message up does so no longer.
func (h *Past) End(now time.Time) {
	if !h.open.Why.IsZero() {
		h.Add(h.open.Why, h.open.Since, now, "")
	}
	h.open = Wait{}
}

// Tried notes that the message is being tried, and that what held it up has ended.
func (h *Past) Tried(now time.Time) {
	if !h.tried {
		h.End(now)
		h.tried = true
	}
}

// TriedBefore notes that an earlier process has tried the message.
func (h *Past) TriedBefore() { h.tried = true }

// Add notes one hold, unless it was short or there are enough. behind is the id of the message that it waited for, "" for none.
func (h *Past) Add(why reason.Reason, since, until time.Time, behind string) {
	if until.Sub(since) >= Shortest && len(h.all) < holdsKept {
		h.all = append(h.all, &eventv1.Hold{Why: why.Proto(), Since: timestamppb.New(since), Until: timestamppb.New(until), Behind: behind})
	}
}

// Recorded is which waits of a message were recorded. The zero value has recorded none. It has no lock.
type Recorded struct {
	first, last time.Time
	code        string // of the last one's reason
	changes     int    // how often it was recorded for another reason
}

// Bounds of the records of one message that waits.
const (
	// recordEvery is how long after a record another one for the same reason is written at least. It doubles: of an outage of
	// a day a message tells a dozen times.
	recordEvery = time.Minute
	// changesAtOnce is how often it may be recorded at once because the reason is another one.
	changesAtOnce = 8
)

// None says that nothing was recorded yet.
func (n *Recorded) None() bool { return n.first.IsZero() }

// Due says that a wait for a reason, by its code, is to be recorded.
func (n *Recorded) Due(code string, now time.Time) bool {
	switch since := now.Sub(n.last); {
	case n.last.IsZero():
		return true
	case code != n.code && n.changes < changesAtOnce:
		return true
	default:
		return since >= max(recordEvery, n.last.Sub(n.first))
	}
}

// Note notes that a wait was recorded.
func (n *Recorded) Note(code string, at time.Time) {
	if n.first.IsZero() {
		n.first = at
	} else if code != n.code {
		n.changes++
	}
	n.last, n.code = at, code
}
