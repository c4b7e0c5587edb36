package ledger

import "time"

// Cause is why something came twice.
type Cause string

// The causes. The last two are never excused.
const (
	LostAnswer  Cause = "after a lost answer" // the far end kept the answer back
	AtKill      Cause = "at a kill"
	AtPause     Cause = "at a pause"
	AtNodeKill  Cause = "at a node kill"
	AtRoll      Cause = "at a hand-over"
	Unexplained Cause = "unexplained"
)

var causes = []Cause{LostAnswer, AtKill, AtPause, AtNodeKill, AtRoll, Unexplained}

var causeOf = map[Kind]Cause{Kill: AtKill, Pause: AtPause, NodeKill: AtNodeKill, Roll: AtRoll}

// excused says that a network without idempotency keys cannot be spared it.
func (c Cause) excused() bool { return c != AtRoll && c != Unexplained }

// inFlight is how long after its acceptance by a far end the outcome of a send may still be on its way to the store:
// the time-out of one request to the broker.
const inFlight = 5 * time.Second

// election is how long the broker may take nothing after one of its servers is gone.
const election = 20 * time.Second

// call is an arrival or a receipt, as far as its repetition is concerned.
type call struct {
	begun, at  time.Time
	process    string
	unanswered bool
}

// finder finds causes. A lane has one send in flight, so a disruption excuses one repeat of each lane.
type finder struct {
	disruptions []Disruption
	spent       map[spending]bool
}

type spending struct {
	lane       any
	disruption int
}

func newFinder(ds []Disruption) *finder { return &finder{disruptions: ds, spent: map[spending]bool{}} }

// why is why now repeats what before did. Lane is what holds one send in flight.
func (f *finder) why(lane any, before, now call) Cause {
	if before.unanswered {
		return LostAnswer
	}
	for _, kind := range []Kind{Kill, Pause, NodeKill, Roll} {
		for i, d := range f.disruptions {
			if key := (spending{lane, i}); d.Kind == kind && !f.spent[key] && d.concerns(before, now) {
				f.spent[key] = true
				return causeOf[kind]
			}
		}
	}
	return Unexplained
}

// concerns says that the first of two calls may have been in flight when it happened.
func (d Disruption) concerns(before, now call) bool {
	scheduling := time.Second // a call may be read after its process is gone
	if before.process == "" {
		scheduling = 4 * time.Second // so late that it was not there to be seen
	}
	within := func(from, to time.Time) bool { return !d.At.Before(from) && !d.At.After(to) }
	same := func(process string) bool { return process == "" || process == d.Process }
	switch d.Kind {
	case NodeKill:
		return within(before.at.Add(-election), before.at.Add(inFlight)) && !now.at.Before(d.At)
	case Pause:
		// the frozen one may have sent before, or sends when it wakes what another has sent meanwhile
		return same(before.process) && within(before.begun.Add(-scheduling), before.at.Add(inFlight)) && !now.at.Before(d.At) ||
			same(now.process) && !now.at.Before(d.At) && now.at.Before(d.Until.Add(inFlight))
	default:
		return same(before.process) && within(before.begun.Add(-scheduling), before.at.Add(inFlight)) && now.at.After(d.At)
	}
}
