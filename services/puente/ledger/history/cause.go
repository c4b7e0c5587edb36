package history

// Cause is why something came twice.
type Cause string

// The causes. The last two are never excused.
const (
	LostAnswer  Cause = "after a lost answer" // the far end kept the answer back
	LateAnswer  Cause = "after a late answer" // nobody waited for it any more
	AtKill      Cause = "at a kill"
	AtPause     Cause = "at a pause"
	AtNodeKill  Cause = "at a node kill"
	AtRoll      Cause = "at a hand-over"
	Unexplained Cause = "unexplained"
)

var causes = []Cause{LostAnswer, LateAnswer, AtKill, AtPause, AtNodeKill, AtRoll, Unexplained}

var causeOf = map[Kind]Cause{Kill: AtKill, Pause: AtPause, NodeKill: AtNodeKill, Roll: AtRoll}

// excused says that a network without idempotency keys cannot be spared it.
func (c Cause) excused() bool { return c != AtRoll && c != Unexplained }

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
func (f *finder) why(lane any, before, now Send) Cause {
	if before.Unanswered {
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
	if before.Gone && before.Process == now.Process {
		return LateAnswer
	}
	return Unexplained
}

// late says that a call was read after its caller had given it up, or was gone: it was written before, and no later
// than what it follows here.
func (f *finder) late(s Send) bool {
	if s.Gone {
		return true
	}
	for _, d := range f.disruptions {
		if d.Kind == Kill && d.Process == s.Process && s.Begun.After(d.At) {
			return true
		}
	}
	return false
}

// open says that the outcome of a send was not stored when it happened: nobody but its process could know of it.
func (d Disruption) open(s Send) bool { return s.Stored.IsZero() || !s.Stored.Before(d.At) }

// had says that a process had a send in flight when it happened: begun, and its outcome not stored. How long ago it
// was begun, and how much later it is seen, is the machine's.
func (d Disruption) had(s Send) bool {
	return d.open(s) && (s.Process == d.Process || s.Process == "" && s.Begun.Before(d.At))
}

// concerns says that it is the cause of a repeat.
func (d Disruption) concerns(before, now Send) bool {
	if !d.open(before) || !now.At.After(d.At) {
		return false
	}
	switch d.Kind {
	case NodeKill: // no outcome can be stored until the others have elected a leader
		return d.Until.IsZero() || before.Begun.Before(d.Until)
	case Pause: // what it was about to send it sends when it wakes, though another has sent it meanwhile
		return d.had(before) || now.Process == d.Process && before.Begun.After(d.At) && before.Begun.Before(d.Until)
	case Kill: // what it had written may be read after it is gone, and after another's
		return d.had(before) || now.Process == d.Process
	default:
		return d.had(before)
	}
}
