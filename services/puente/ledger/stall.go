package ledger

import (
	"slices"
	"time"
)

// Bounds of how long a healthy contact may wait: the lease's time to live and a little after a process is gone, an
// election of the broker and a session's start after a server is.
const (
	leaseTTL    = 5 * time.Second
	afterKill   = leaseTTL + 4*time.Second
	afterNode   = 20 * time.Second
	undisturbed = "undisturbed"
)

// Stall is the longest wait of a healthy contact after one kind of disruption, and how long it may be.
type Stall struct {
	After string // a Kind, or undisturbed
	Wait  time.Duration
	Bound time.Duration
	// Over is how far the worst was over what it may be, counted from the last disruption that held it back.
	Over time.Duration
	// Lane, Seq and From say which message it was, and when it was accepted.
	Lane Lane
	Seq  int
	From time.Time
}

// bound is how long after it began a disruption may hold back a healthy contact.
func (b *Book) bound(d Disruption) time.Duration {
	switch {
	case d.Kind == NodeKill:
		return afterNode
	case b.Alone && d.Until.After(d.At):
		return d.Until.Sub(d.At) + afterKill // nobody else could take over
	default:
		return afterKill
	}
}

// judgeStalls finds the longest waits. A message may be held back by one disruption after another.
func (b *Book) judgeStalls(v *Verdict) {
	type key struct {
		Lane
		seq int
	}
	first := map[key]time.Time{}
	for _, a := range b.Arrivals {
		k := key{a.Lane, a.Seq}
		if _, ok := first[k]; !ok {
			first[k] = a.At
		}
	}
	disruptions := slices.SortedFunc(slices.Values(b.Disruptions), func(x, y Disruption) int { return x.At.Compare(y.At) })
	worst := map[string]Stall{}
	for _, a := range b.Accepted {
		seen, ok := first[key{a.Lane, a.Seq}]
		if !ok || !b.Healthy[a.Lane] {
			continue
		}
		s := Stall{After: undisturbed, Wait: max(0, seen.Sub(a.At)), Bound: afterKill, Lane: a.Lane, Seq: a.Seq, From: a.At}
		due := a.At.Add(afterKill)
		for _, d := range disruptions {
			bound := b.bound(d)
			if d.At.After(seen) || d.At.After(due) || d.At.Add(bound).Before(a.At) {
				continue
			}
			if d.At.Add(bound).After(due) || s.After == undisturbed {
				due, s.After, s.Bound = later(due, d.At.Add(bound)), string(d.Kind), bound
				s.Wait = max(0, seen.Sub(later(a.At, d.At)))
			}
		}
		s.Over = max(0, seen.Sub(due))
		if w, ok := worst[s.After]; !ok || s.Over > w.Over || s.Over == w.Over && s.Wait > w.Wait {
			worst[s.After] = s
		}
	}
	for _, after := range []string{undisturbed, string(Kill), string(Pause), string(Roll), string(NodeKill)} {
		s, ok := worst[after]
		if !ok {
			continue
		}
		v.Stalls = append(v.Stalls, s)
		v.slow(s.Over > 0, "a healthy contact waited %s (%s), %s too long: %s, accepted at %s", s.Wait.Round(time.Millisecond), s.After,
			s.Over.Round(time.Millisecond), text(s.Lane, s.Seq), s.From.Format(time.StampMilli))
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
