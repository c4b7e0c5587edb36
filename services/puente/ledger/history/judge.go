package history

import (
	"fmt"
	"slices"
)

// Verdict is what a history says.
type Verdict struct {
	Accepted, Lost, Inversions map[Way]int
	// Doubled counts repeats at the far ends by what caused them. Under the same id the platform drops them.
	Doubled map[Way]map[Cause]int
	// NewID counts repeats at the platform under another id, which it cannot drop.
	NewID int
	// Uncounted counts messages that were not answered 200 and arrived: their sender cannot know.
	Uncounted int

	Receipts int
	// ReceiptsLost counts messages of which the platform does not know how far the network says they came, by what was
	// being done when it should have heard; ReceiptsBackwards by what was being done when they came.
	ReceiptsLost, ReceiptsBackwards map[string]int
	ReceiptsRepeated                map[Cause]int

	// InFlight is how many sends the far ends knew of at the kills, whose outcome was not stored: what can be doubled.
	InFlight map[Way]int

	Stalls      []Stall
	Disruptions map[Kind]int
	Draining    int // node kills while it drained

	// Broken says which invariants do not hold, Slow which healthy contacts stood still for too long, Untried which
	// faults that were asked for did not happen. All are empty where all holds.
	Broken, Slow, Untried []string
}

// Judge finds all that does not hold. It is a pure function: the same history gives the same verdict.
func (b *History) Judge() Verdict {
	v := Verdict{
		Accepted: map[Way]int{}, Lost: map[Way]int{}, Inversions: map[Way]int{}, Disruptions: map[Kind]int{},
		Doubled: map[Way]map[Cause]int{Outbound: {}, Inbound: {}}, ReceiptsRepeated: map[Cause]int{},
		ReceiptsLost: map[string]int{}, ReceiptsBackwards: map[string]int{}, InFlight: map[Way]int{},
	}
	b.judgeMessages(&v)
	b.judgeReceipts(&v)
	b.judgeStalls(&v)
	b.judgeFaults(&v)
	return v
}

// Held says that all holds.
func (v *Verdict) Held() bool { return len(v.Broken)+len(v.Slow)+len(v.Untried) == 0 }

// Complaints are all that does not hold.
func (v *Verdict) Complaints() []string { return slices.Concat(v.Broken, v.Slow, v.Untried) }

func (v *Verdict) slow(bad bool, format string, args ...any) {
	if bad {
		v.Slow = append(v.Slow, fmt.Sprintf(format, args...))
	}
}

func (v *Verdict) untried(bad bool, format string, args ...any) {
	if bad {
		v.Untried = append(v.Untried, fmt.Sprintf(format, args...))
	}
}

// Fail adds what does not hold.
func (v *Verdict) Fail(bad bool, format string, args ...any) {
	if bad {
		v.Broken = append(v.Broken, fmt.Sprintf(format, args...))
	}
}

// judgeMessages looks at each lane: all there, in order, once.
func (b *History) judgeMessages(v *Verdict) {
	accepted := map[Lane]map[int]bool{}
	for _, a := range b.Accepted {
		if accepted[a.Lane] == nil {
			accepted[a.Lane] = map[int]bool{}
		}
		accepted[a.Lane][a.Seq] = true
		v.Accepted[a.Way]++
	}
	arrived := map[Lane][]Arrival{}
	for _, a := range b.Arrivals {
		arrived[a.Lane] = append(arrived[a.Lane], a)
	}
	find := newFinder(b.Disruptions)
	for lane, arrivals := range arrived {
		last, place, highest := map[int]Arrival{}, map[int]int{}, 0
		for i, a := range arrivals {
			before, repeated := last[a.Seq]
			direct := place[a.Seq] == i-1
			last[a.Seq], place[a.Seq] = a, i
			switch {
			case repeated:
				cause := find.why(lane, before.Send, a.Send)
				v.Doubled[lane.Way][cause]++
				if !direct && cause != AtPause && !find.late(a.Send) { // a lane goes on when its head is finished; only a frozen process cannot know
					v.Inversions[lane.Way]++
				}
				if lane.Way == Inbound && a.ID != before.ID {
					v.NewID++
				}
			case !accepted[lane][a.Seq]:
				v.Uncounted++
			case a.Seq < highest:
				v.Inversions[lane.Way]++
			default:
				highest = a.Seq
			}
		}
		for seq := range accepted[lane] {
			if _, ok := last[seq]; !ok {
				v.Lost[lane.Way]++
			}
		}
	}
	for _, a := range b.Arrivals {
		if slices.ContainsFunc(b.Disruptions, func(d Disruption) bool { return d.Kind == Kill && d.had(a.Send) }) {
			v.InFlight[a.Way]++
		}
	}
	for lane, all := range accepted {
		if arrived[lane] == nil {
			v.Lost[lane.Way] += len(all)
		}
	}
	for _, way := range []Way{Outbound, Inbound} {
		v.Fail(v.Accepted[way] == 0, "nothing was accepted %s", way)
		v.Fail(v.Lost[way] > 0, "%d lost %s", v.Lost[way], way)
		v.Fail(v.Inversions[way] > 0, "%d out of order %s", v.Inversions[way], way)
		for _, c := range causes {
			n := v.Doubled[way][c]
			keyed := way == Outbound && b.Idempotency
			v.Fail(n > 0 && (keyed || !c.excused()), "%d doubled %s, %s%s", n, way, c, map[bool]string{true: ", though the network honours the key"}[keyed])
		}
	}
	for _, way := range []Way{Outbound, Inbound} { // follows from how causes are found: a check of the judge itself
		v.Fail(v.Doubled[way][AtKill] > v.InFlight[way], "%d doubled %s at a kill, of %d in flight", v.Doubled[way][AtKill], way, v.InFlight[way])
	}
	v.Fail(v.NewID > 0, "%d doubled inbound under another id", v.NewID)
}

// judgeFaults makes sure that there was something to survive.
func (b *History) judgeFaults(v *Verdict) {
	open := map[Kind]int{}
	for _, d := range b.Disruptions {
		v.Disruptions[d.Kind]++
		open[d.Kind] += d.Open
		if d.Draining {
			v.Draining++
		}
	}
	for _, kind := range []Kind{Kill, Pause, Roll, NodeKill} {
		v.untried(v.Disruptions[kind] < b.Asked[kind], "%d of %d asked for happened: %s", v.Disruptions[kind], b.Asked[kind], kind)
		v.untried(b.Asked[kind] > 0 && v.Disruptions[kind] > 0 && open[kind] == 0, "nothing was under way at any %s", kind)
	}
	for _, f := range b.Wanted {
		v.untried(b.Faults[f] == 0, "a fault that was asked for did not happen: %s", f)
	}
}
