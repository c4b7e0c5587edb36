package journey

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/terms"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// ofPieces are hops that each part of a message has.
var ofPieces = []string{"waiting", "sent", "delivered", "read", "failed", "dead"}

// round draws one generation; ok is false where nothing is known of it.
func (d *drawing) round(lines []Line, generation, last uint32) (r Round, ok bool) {
	var common []Line
	pieces := map[uint32][]Line{}
	for _, l := range lines {
		if l.GetGeneration() != generation {
			continue
		}
		if slices.Contains(ofPieces, l.GetHop()) && d.m.GetParts() > 1 {
			pieces[l.GetPart()] = append(pieces[l.GetPart()], l)
		} else {
			common = append(common, l)
		}
	}
	if len(common) == 0 && len(pieces) == 0 {
		return Round{}, false
	}
	r.Old = generation != last
	if last > 0 {
		r.Title = d.w.FirstTime
		if generation > 0 {
			r.Title = fmt.Sprintf(d.w.Again, generation)
		}
	}
	current := generation == last && open(d.m)
	if len(pieces) == 0 {
		r.Rows = append(r.Rows, Row{Steps: d.steps(common, current)})
		return r, true
	}
	r.Rows = append(r.Rows, Row{Title: d.w.Whole, Steps: d.steps(common, false)})
	for part := range d.m.GetParts() {
		steps := d.steps(pieces[part], current && !ended(pieces[part]))
		if len(steps) > 0 {
			r.Rows = append(r.Rows, Row{Title: fmt.Sprintf(d.w.Part, part+1, d.m.GetParts()), Steps: steps})
		}
	}
	return r, true
}

// ended says that a part needs nothing more.
func ended(lines []Line) bool {
	return len(lines) > 0 && lines[len(lines)-1].GetHop() != "waiting"
}

// steps are lines as they are drawn, with the times between them. goesOn says that the row has not ended.
func (d *drawing) steps(lines []Line, goesOn bool) (all []Step) {
	var at time.Time // the end of what is drawn
	for i, l := range lines {
		t := l.GetTime().AsTime()
		for _, h := range l.GetHolds() {
			since, until := h.GetSince().AsTime(), h.GetUntil().AsTime()
			if since.After(at) && !at.IsZero() {
				all = d.gap(all, at, since)
			}
			all, at = append(all, d.hold(h.GetWhy(), since, until, h.GetBehind())), until
		}
		if !at.IsZero() && t.After(at) {
			all = d.gap(all, at, t)
		}
		all, at = append(all, d.instant(l)), t
		if l.GetHop() == "waiting" {
			until := d.Now
			if i+1 < len(lines) {
				until = lines[i+1].GetTime().AsTime()
			} else if !goesOn {
				continue
			}
			if i+1 == len(lines) { // what it waits for now is drawn below
				continue
			}
			all, at = append(all, d.hold(l.GetReason(), t, until, "")), until
		}
	}
	if goesOn {
		all = append(all, d.now(lines, at)...)
	}
	return all
}

// now draws what goes on at this moment, and what is to come.
func (d *drawing) now(lines []Line, since time.Time) (all []Step) {
	m := d.m
	if since.IsZero() {
		since = m.GetAcceptedAt().AsTime()
	}
	if m.GetState() == controlv1.State_STATE_WAITING {
		s := d.hold(m.GetWhy(), since, d.Now, m.GetBehind())
		s.What = d.t.States["waiting"]
		if m.GetPosition() > 0 && m.GetLane() > 0 {
			s.Note = fmt.Sprintf(d.w.Place, m.GetPosition(), m.GetLane())
		}
		all = append(all, s)
	} else {
		all = append(all, Step{Wait: true, What: d.w.UnderWay, Took: d.Language.Took(d.Now.Sub(since)), Grow: 1})
	}
	all = append(all, Step{What: d.w.Now, Clock: d.t.Clock(d.Now, d.Now, terms.Seconds), After: d.after(d.Now), Mood: "now"})
	if t := m.GetNextTry(); t != nil && t.AsTime().After(d.Now) {
		all = append(all, Step{What: d.w.Tried, Clock: d.t.Clock(t.AsTime(), d.Now, terms.Seconds), Note: fmt.Sprintf(d.w.In, d.Language.Took(t.AsTime().Sub(d.Now))), Mood: "next"})
	}
	if t := m.GetEnds(); t != nil {
		all = append(all, Step{What: d.w.Expires, Clock: d.t.Clock(t.AsTime(), d.Now, terms.Seconds), Note: fmt.Sprintf(d.w.In, d.Language.Took(t.AsTime().Sub(d.Now))), Mood: "next"})
	}
	return all
}

// gap is a time in which nothing is known to have happened: the work itself.
func (d *drawing) gap(all []Step, from, to time.Time) []Step {
	if to.Sub(from) < time.Millisecond {
		return all
	}
	return append(all, Step{Wait: true, Took: d.Language.Took(to.Sub(from)), Grow: growth(to.Sub(from))})
}

// hold is a time in which the message waited for something.
func (d *drawing) hold(why *reasonv1.Reason, from, to time.Time, behind string) Step {
	text := d.Language.Reason(why)
	took := to.Sub(from)
	if behind != "" && why.GetCode() == reason.Behind.Code() { // to name the message says that
		text = ""
	}
	key := cause{text, behind}
	if text == "" && behind == "" {
		key.why = d.w.Behind
	}
	if d.spent[key] == 0 {
		d.order = append(d.order, key)
	}
	d.spent[key] += max(took, 0)
	return Step{
		Wait: true, Mood: "warn", What: d.t.Hops["waiting"], Took: d.Language.Took(took), Clock: d.clock(from), Why: text, Behind: behind,
		BehindHref: d.href(behind), Grow: growth(took),
	}
}

// growth is how much room a time has: more for a longer one, by its logarithm.
func growth(took time.Duration) int {
	seconds := took.Seconds()
	if seconds < 0.1 {
		return 1
	}
	return min(9, 2+int(math.Log10(seconds*10)*1.6))
}

// instant is a hop as it is drawn.
func (d *drawing) instant(l Line) Step {
	s := Step{Clock: d.clock(l.GetTime().AsTime()), After: d.after(l.GetTime().AsTime()), Why: d.Language.Reason(l.GetReason()), What: d.t.HopOf(d.m.GetDirection(), l.GetHop()), Where: d.where(l)}
	var notes []string
	switch l.GetHop() {
	case "sent", "delivered", "read":
		s.Mood = "good"
	case "failed", "dead":
		s.Mood = "bad"
		if l.GetByReceipt() {
			s.What = d.t.Hops["failed_by_receipt"]
		}
	case "waiting":
		s.Mood, s.What = "warn", d.w.NotTaken
	case "held":
		s.Mood = "warn"
	}
	if l.GetAttempts() > 1 {
		notes = append(notes, fmt.Sprintf(d.w.Tries, l.GetAttempts()))
	}
	if l.Receipt != nil {
		notes = append(notes, fmt.Sprintf(d.w.Receipt, d.clock(l.Receipt.GetTime().AsTime())))
	}
	if l.GetNextTry() != nil {
		notes = append(notes, fmt.Sprintf(d.w.TriedAgain, d.t.AtMoment(l.GetNextTry().AsTime(), d.Now, terms.Seconds)))
	}
	s.Note = strings.Join(notes, "; ")
	return s
}

// where is who says that something happened.
func (d *drawing) where(l Line) string {
	far := d.m.GetNetwork()
	if d.m.GetDirection() == controlv1.Direction_DIRECTION_IN {
		far = "BonyChat"
	}
	switch l.GetHop() {
	case "delivered", "read":
		return fmt.Sprintf(d.w.Says, far)
	case "failed":
		if l.GetByReceipt() {
			return fmt.Sprintf(d.w.Says, far)
		}
	}
	return d.t.Service(l.GetService())
}
