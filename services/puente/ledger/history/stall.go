package history

import (
	"fmt"
	"slices"
	"time"
)

// Bounds of how long a healthy contact may wait: the lease's time to live and a little after a process is gone, an
// election of the broker and a session's start after a server is, next to nothing where one of two stops gracefully:
// a channel moves when its last send has been answered, and then at once.
const (
	LeaseTTL    = 5 * time.Second
	afterKill   = LeaseTTL + 4*time.Second
	afterNode   = 20 * time.Second
	afterRoll   = Slowest + 500*time.Millisecond
	rollSettles = 2 * time.Second // for how long after its start a process is handed its share
	undisturbed = "undisturbed"
)

// afterRollOf is afterRoll for one channel: that of the slow one takes as long to move as its far end may take to answer.
func afterRollOf(channel string) time.Duration {
	if channel == SlowChannel {
		return VerySlow + afterRoll - Slowest
	}
	return afterRoll
}

// What waits.
const (
	aMessage = "message" // from its acceptance to the far end
	aReceipt = "receipt" // from when the network has told, or taken the message, to the platform
)

// Stall is the longest wait of a healthy contact after one kind of disruption, and how long it may be.
type Stall struct {
	What  string // aMessage or aReceipt
	After string // a Kind, or undisturbed
	Wait  time.Duration
	Bound time.Duration
	// Over is how far the worst was over what it may be, counted from the last disruption that held it back.
	Over time.Duration
	// Name says which it was, From since when it waited.
	Name string
	From time.Time
}

// wait is one that a healthy contact had.
type wait struct {
	what, name string
	channel    string
	from, seen time.Time
}

// judgeStalls finds the longest waits.
func (b *History) judgeStalls(v *Verdict) {
	type kind struct{ what, after string }
	worst := map[kind]Stall{}
	for _, w := range slices.Concat(b.messageWaits(), b.receiptWaits()) {
		s := b.stall(w)
		k := kind{s.What, s.After}
		if known, ok := worst[k]; !ok || s.Over > known.Over || s.Over == known.Over && s.Wait > known.Wait {
			worst[k] = s
		}
	}
	for _, what := range []string{aMessage, aReceipt} {
		for _, after := range []string{undisturbed, string(Kill), string(Pause), string(Roll), string(NodeKill)} {
			s, ok := worst[kind{what, after}]
			if !ok {
				continue
			}
			v.Stalls = append(v.Stalls, s)
			v.slow(s.Over > 0, "a healthy contact's %s waited %s (%s), %s too long: %s, since %s", what, s.Wait.Round(time.Millisecond), s.After,
				s.Over.Round(time.Millisecond), s.Name, s.From.Format(time.StampMilli))
		}
	}
}

func (b *History) messageWaits() (all []wait) {
	first := b.firstArrivals()
	for _, a := range b.Accepted {
		if seen, ok := first[message{a.Lane, a.Seq}]; ok && b.Healthy[a.Lane] {
			all = append(all, wait{aMessage, Text(a.Lane, a.Seq), a.Channel, a.At, seen})
		}
	}
	return all
}

// receiptWaits begin when the bridge had what the receipt says: the message taken, or the network's word. The first
// status of a message goes no earlier than statusAfter its acceptance.
func (b *History) receiptWaits() (all []wait) {
	statuses, told := map[string][]Status{}, map[string][]Told{}
	for _, s := range b.Statuses {
		statuses[s.MID] = append(statuses[s.MID], s)
	}
	for _, t := range b.Told {
		told[t.MID] = append(told[t.MID], t)
	}
	first := b.firstArrivals()
	for _, a := range b.Accepted {
		taken, ok := first[message{a.Lane, a.Seq}]
		if !ok || a.Way != Outbound || !b.Healthy[a.Lane] {
			continue
		}
		begun := map[string]bool{}
		for _, t := range append([]Told{{a.MID, "sent", taken}}, told[a.MID]...) {
			seen, ok := reached(statuses[a.MID], t.Value)
			if begun[t.Value] || !ok { // told again; or never told, which is no wait but a loss
				continue
			}
			begun[t.Value] = true
			all = append(all, wait{aReceipt, Text(a.Lane, a.Seq) + " " + t.Value, a.Channel, later(t.At, a.At.Add(statusAfter)), seen})
		}
	}
	return all
}

const statusAfter = time.Second

// message is one by its lane and number.
type message struct {
	Lane
	seq int
}

func (b *History) firstArrivals() map[message]time.Time {
	first := map[message]time.Time{}
	for _, a := range b.Arrivals {
		m := message{a.Lane, a.Seq}
		if _, ok := first[m]; !ok {
			first[m] = a.At
		}
	}
	return first
}

// reached is when the platform knew a status, or what follows it.
func reached(all []Status, value string) (time.Time, bool) {
	for _, s := range all {
		if s.Value == value || follows(value, s.Value) {
			return s.At, true
		}
	}
	return time.Time{}, false
}

// stall says what held a wait back, and whether for too long. It may be held back by one disruption after another.
func (b *History) stall(w wait) Stall {
	s := Stall{What: w.what, After: undisturbed, Wait: max(0, w.seen.Sub(w.from)), Bound: afterKill, Name: w.name, From: w.from}
	due := w.from.Add(afterKill)
	rolled := false
	for _, d := range b.Disruptions {
		bound := b.bound(d)
		if bound == afterRoll { // nobody is to notice
			rolled = rolled || d.At.Before(w.seen) && w.from.Before(d.Until.Add(rollSettles))
			continue
		}
		if d.At.After(w.seen) || d.At.After(due) || d.At.Add(bound).Before(w.from) {
			continue
		}
		if d.At.Add(bound).After(due) || s.After == undisturbed {
			due, s.After, s.Bound = later(due, d.At.Add(bound)), string(d.Kind), bound
			s.Wait = max(0, w.seen.Sub(later(w.from, d.At)))
		}
	}
	if rolled && s.After == undisturbed {
		bound := afterRollOf(w.channel)
		due, s.After, s.Bound = w.from.Add(bound), string(Roll), bound
	}
	s.Over = max(0, w.seen.Sub(due))
	return s
}

// bound is how long after it began a disruption may hold back a healthy contact.
func (b *History) bound(d Disruption) time.Duration {
	switch {
	case d.Kind == NodeKill:
		return afterNode
	case b.Alone && d.Until.After(d.At):
		return d.Until.Sub(d.At) + afterKill // nobody else could take over
	case d.Kind == Roll:
		return afterRoll
	default:
		return afterKill
	}
}

// during is what was being done to the processes at a moment: a [Kind], or undisturbed.
func (b *History) during(moment time.Time) string {
	kind := undisturbed
	for _, d := range b.Disruptions {
		if !d.At.After(moment) && !moment.After(later(d.Until, d.At.Add(b.bound(d)))) {
			kind = string(d.Kind)
		}
	}
	return kind
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// named is a count by name, such as "0", or "3: 2 kill, 1 undisturbed".
func named(counts map[string]int) string {
	total, list := 0, ""
	for _, name := range []string{undisturbed, string(Kill), string(Pause), string(Roll), string(NodeKill)} {
		if n := counts[name]; n > 0 {
			total += n
			list += fmt.Sprintf(", %d %s", n, name)
		}
	}
	if total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", total, list[2:])
}
