package history

import (
	"slices"
	"time"
)

// judgeReceipts looks at each message that was accepted outbound: what the platform was told of it.
func (b *History) judgeReceipts(v *Verdict) {
	told := map[string][]string{}
	for _, t := range b.Told {
		told[t.MID] = append(told[t.MID], t.Value)
	}
	at := map[string][]Status{}
	for _, s := range b.Statuses {
		at[s.MID] = append(at[s.MID], s)
	}
	v.Receipts = len(b.Statuses)
	find := newFinder(b.Disruptions)
	for mID, statuses := range at {
		last, highest := map[string]Status{}, ""
		for _, s := range statuses {
			before, repeated := last[s.Value]
			last[s.Value] = s
			if repeated {
				cause := find.why(mID, before.Send, s.Send)
				v.ReceiptsRepeated[cause]++
				if cause == AtPause { // a process that was frozen cannot know what another has told since
					continue
				}
			}
			if highest != "" && !follows(highest, s.Value) && s.Value != highest && !find.late(s.Send) {
				v.ReceiptsBackwards[b.during(s.Begun)]++
			}
			if highest == "" || follows(highest, s.Value) {
				highest = s.Value
			}
		}
	}
	for _, a := range b.Accepted {
		if a.Way == Outbound && !complete(at[a.MID], told[a.MID]) {
			v.ReceiptsLost[b.during(b.heard(a))]++
		}
	}
	v.Fail(len(v.ReceiptsLost) > 0, "%s messages without their receipts", named(v.ReceiptsLost))
	v.Fail(len(v.ReceiptsBackwards) > 0, "%s receipts going backwards", named(v.ReceiptsBackwards))
	for _, c := range causes {
		v.Fail(v.ReceiptsRepeated[c] > 0 && !c.excused(), "%d receipts repeated, %s", v.ReceiptsRepeated[c], c)
	}
}

// heard is when the platform should last have heard something new of a message: at its acceptance, or what the network told.
func (b *History) heard(a Accepted) time.Time {
	last := a.At
	for _, t := range b.Told {
		if t.MID == a.MID {
			last = later(last, t.At)
		}
	}
	return last
}

var ranks = map[string]int{"sent": 1, "delivered": 2, "read": 3}

const failed = "failed"

// IsStatus says that a word is a receipt's.
func IsStatus(word string) bool { return ranks[word] > 0 || word == failed }

// follows says that a message may go from one status to the next: forwards, to failed only from sent, from failed
// nowhere.
func follows(from, to string) bool {
	switch {
	case from == failed:
		return false
	case to == failed:
		return ranks[from] <= ranks["sent"]
	default:
		return ranks[to] > ranks[from]
	}
}

// complete says that the platform knows as much as the network told.
func complete(statuses []Status, told []string) bool {
	highest := 0
	for _, s := range statuses {
		if s.Value == failed {
			return slices.Contains(told, failed)
		}
		highest = max(highest, ranks[s.Value])
	}
	if highest == 0 {
		return false
	}
	most := 0
	for _, t := range told {
		most = max(most, ranks[t])
	}
	if slices.Contains(told, failed) && most < ranks["delivered"] {
		return false // and failed was not among what the platform was told
	}
	return highest >= most
}
