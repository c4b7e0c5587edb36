// Package journey draws the way of one message as HTML: a line of time with what happened to it and what it waited for, for the console
// and for the demonstration's page.
//
//	view := journey.Draw(message, journey.Options{Language: terms.Spanish, Now: time.Now()})
//	err := templates.ExecuteTemplate(w, "journey", view) // after journey.Parse(templates)
//
// The page also serves [CSS]. The HTML has no script and no inline style. Drawing makes no request: the message and its hops, as the control
// API returns them, are all that is needed. It is safe for concurrent use.
package journey

import (
	_ "embed"
	"fmt"
	"html/template"
	"time"

	"github.com/bonychat/puente/pkg/terms"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// CSS is the style of what [Parse] has drawn. Its colours are the custom properties of the page: --ink, --soft, --line, --card,
// --good, --warn, --bad and their grounds --good-ground, --warn-ground, --bad-ground.
//
//go:embed journey.css
var CSS []byte

//go:embed journey.html
var source string

// Parse adds the template "journey", which is given a [View].
func Parse(t *template.Template) (*template.Template, error) {
	return t.New("journey.html").Parse(source)
}

// Options say how a message is drawn.
type Options struct {
	// Language is that of the texts.
	Language terms.Language
	// Now is the time up to which a wait that has not ended is drawn. Times are shown in its zone. Required.
	Now time.Time
	// Href is the address of a message's page; nil, or a result of "", makes no link.
	Href func(id string) string
}

// View is a message's way as it is drawn.
type View struct {
	// Summary says how the message stands, Next what comes then; Next may be "".
	Summary, Next string
	// Mood is "good", "warn", "bad" or "" for how it stands.
	Mood string
	// Took is the time from its acceptance to how it stands, Held what of it was spent waiting, and for what.
	Took string
	Held []Spent
	// Scale is the whole time in proportion, of a width of [ScaleWidth].
	Scale []Stretch
	// Rounds are the times that it was sent, the latest first: one, and one for each time that it was brought back.
	Rounds []Round
	// Words are the few that the template has of its own.
	Words Words
}

// ScaleWidth is how wide [View.Scale] is.
const ScaleWidth = 1000

// Stretch is a part of the scale.
type Stretch struct {
	X, Width int
	Mood     string
	Title    string
}

// Spent is the time that was spent waiting for one thing.
type Spent struct {
	Took, Why string
	// Behind is the message that it waited behind, BehindHref its page; "" where it waited for something else.
	Behind, BehindHref string
}

// Short is the beginning of the id that it waited behind: enough to be found by.
func (s Spent) Short() string { return short(s.Behind) }

// short is the beginning of an id.
func short(id string) string { return id[:min(len(id), 12)] }

// Round is one time that a message was sent.
type Round struct {
	// Title names it where there are several; "".
	Title string
	// Old says that another one came after it.
	Old bool
	// Rows are the ways of its parts.
	Rows []Row
}

// Row is the way of one part.
type Row struct {
	// Title names the part where there are several; "".
	Title string
	Steps []Step
}

// Step is something that happened, or a time in which something was waited for.
type Step struct {
	// Wait says that it is a time; it is else an instant.
	Wait bool
	// Mood is "good", "warn", "bad" or "", and "next" for what is to come.
	Mood string
	// What is a word or two, Where the service or the destination that says so.
	What, Where string
	// Clock is the time of day, After how long after the acceptance that was; Took is how long a wait was.
	Clock, After, Took string
	// Why is the reason, Note what else there is to say.
	Why, Note string
	// Behind is the message that it waited behind, BehindHref its page.
	Behind, BehindHref string
	// Grow is how much room a wait has among others, 1 to 9.
	Grow int
}

// Short is the beginning of the id that it waited behind: enough to be found by.
func (s Step) Short() string { return short(s.Behind) }

// drawing is a view that is being made.
type drawing struct {
	Options
	m     *controlv1.Message
	t     *terms.Terms
	w     *words
	spent map[cause]time.Duration
	order []cause
}

// cause is what was waited for.
type cause struct{ why, behind string }

// Draw draws a message with its hops.
func Draw(m *controlv1.Message, o Options) View {
	d := &drawing{Options: o, m: m, t: terms.In(o.Language), w: in(o.Language), spent: map[cause]time.Duration{}}
	v := View{Words: d.w.Words, Mood: moodOf(m.GetState()), Summary: d.summary(), Next: d.next()}
	lines := Fold(m.GetHops())
	last := m.GetGeneration()
	for _, l := range lines {
		last = max(last, l.GetGeneration())
	}
	for g := int(last); g >= 0; g-- {
		if r, ok := d.round(lines, uint32(g), last); ok {
			v.Rounds = append(v.Rounds, r)
		}
	}
	end := o.Now
	if !open(m) && m.GetStateAt() != nil {
		end = m.GetStateAt().AsTime()
	}
	if m.GetAcceptedAt() != nil {
		v.Took = d.Language.Took(end.Sub(m.GetAcceptedAt().AsTime()))
	}
	for _, why := range d.order {
		if took := d.spent[why]; took >= 10*time.Millisecond {
			v.Held = append(v.Held, Spent{d.Language.Took(took), why.why, why.behind, d.href(why.behind)})
		}
	}
	v.Scale = d.scale(lines, end)
	return v
}

// open says that a message has not ended.
func open(m *controlv1.Message) bool {
	return m.GetState() == controlv1.State_STATE_ACCEPTED || m.GetState() == controlv1.State_STATE_WAITING
}

// moodOf is that of a state.
func moodOf(s controlv1.State) string {
	switch s {
	case controlv1.State_STATE_WAITING:
		return "warn"
	case controlv1.State_STATE_FAILED, controlv1.State_STATE_FAILED_BY_RECEIPT:
		return "bad"
	case controlv1.State_STATE_SENT, controlv1.State_STATE_DELIVERED, controlv1.State_STATE_READ:
		return "good"
	default:
		return ""
	}
}

func (d *drawing) clock(t time.Time) string { return d.t.Clock(t, d.Now, terms.Milliseconds) }

// after is how long after its acceptance something happened to the message.
func (d *drawing) after(t time.Time) string {
	if d.m.GetAcceptedAt() == nil {
		return ""
	}
	if took := t.Sub(d.m.GetAcceptedAt().AsTime()); took >= time.Millisecond {
		return "+" + d.Language.Took(took)
	}
	return ""
}

func (d *drawing) href(id string) string {
	if d.Href == nil || id == "" {
		return ""
	}
	return d.Href(id)
}

// summary says in one sentence how the message stands.
func (d *drawing) summary() string {
	m := d.m
	state := d.t.StateOf(m)
	if m.GetBehind() != "" {
		state += " " + d.w.Behind
		if m.GetPosition() > 0 && m.GetLane() > 0 {
			state += " " + fmt.Sprintf(d.w.Place, m.GetPosition(), m.GetLane())
		}
	}
	if why := d.Language.Reason(m.GetWhy()); why != "" {
		state += ": " + why
	}
	return state
}

// next says what comes then.
func (d *drawing) next() string {
	m := d.m
	clock := func(t time.Time) string { return d.t.AtMoment(t, d.Now, terms.Seconds) }
	switch m.GetState() {
	case controlv1.State_STATE_ACCEPTED, controlv1.State_STATE_WAITING:
		text := d.w.SoonTried
		if m.GetNextTry() != nil && m.GetNextTry().AsTime().After(d.Now) {
			text = fmt.Sprintf(d.w.NextTry, clock(m.GetNextTry().AsTime()), d.Language.Took(m.GetNextTry().AsTime().Sub(d.Now)))
		} else if m.GetBehind() != "" {
			text = d.w.AfterThose
		}
		if m.GetEnds() != nil {
			text += " " + fmt.Sprintf(d.w.Ends, clock(m.GetEnds().AsTime()), d.Language.Took(m.GetEnds().AsTime().Sub(d.Now)))
		}
		if !m.GetLive() && m.GetState() == controlv1.State_STATE_WAITING {
			text += " " + d.w.NotLive
		}
		return text
	case controlv1.State_STATE_FAILED:
		return d.w.CanBeSentAgain
	case controlv1.State_STATE_FAILED_BY_RECEIPT:
		return d.w.CanBeSentTwice
	case controlv1.State_STATE_SENT:
		return d.w.MayBeTold
	default:
		return d.w.NothingMore
	}
}
