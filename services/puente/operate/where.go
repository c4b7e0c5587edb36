package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// WhereOptions narrow a question for messages.
type WhereOptions struct {
	// Since leaves out what was accepted longer ago; 0 for all that is kept.
	Since time.Duration
	// Channel is the id of the only channel that counts; "" for all.
	Channel string
	// All shows as many as the bridge gives, instead of the last 20.
	All bool
}

// mostFound is how many messages are shown with All.
const mostFound = 100

// Where says what became of the message, or of the messages of the contact, that the query names: our id or its beginning,
// the network's id, a contact's address, a trace id.
func (o Operator) Where(ctx context.Context, query string, opt WhereOptions) error {
	q := &controlv1.WhereRequest{Query: query, Channel: opt.Channel, Since: o.ago(opt.Since)}
	if opt.All {
		q.Limit = mostFound
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Messages.Where, q)
	if connect.CodeOf(err) == connect.CodeNotFound && opt.Channel == "" || err == nil && len(a.GetMessages()) == 0 {
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Where.Nothing, query))
	}
	if err != nil {
		return o.ofChannel(ctx, opt.Channel, err)
	}
	if o.JSON {
		for _, m := range a.GetMessages() {
			if err := o.Record(m); err != nil {
				return err
			}
		}
	} else if len(a.GetMessages()) == 1 {
		o.journey(a.GetMessages()[0])
	} else {
		o.messages(a.GetMessages())
	}
	if a.GetMore() {
		w := o.Words.Where
		if opt.All {
			o.Note(w.TooMany, len(a.GetMessages()))
		} else {
			o.Note(w.More, len(a.GetMessages()))
		}
	}
	return nil
}

// messages writes a line for each.
func (o Operator) messages(all []*controlv1.Message) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Time}, {Head: h.Way}, {Head: h.Channel, Spare: 1}, {Head: h.Message}, {Head: h.Took, Right: true, Spare: 2}, {Head: h.State},
	}}
	for _, m := range all {
		took := ""
		if m.GetState() != controlv1.State_STATE_WAITING && m.GetState() != controlv1.State_STATE_ACCEPTED {
			took = o.Between(m.GetAcceptedAt(), m.GetStateAt())
		}
		t.Add(o.Clock(m.GetAcceptedAt()), o.way(m.GetDirection()), m.GetChannel(), m.GetId(), took, o.standing(m))
	}
	o.Table(t)
}

// standing is how a message stands, in one sentence.
func (o Operator) standing(m *controlv1.Message) string {
	state := o.Words.States[render.EnumWord(m.GetState())]
	if m.GetState() == controlv1.State_STATE_WAITING {
		return o.waiting(m)
	}
	if why := o.why(m.GetWhy()); why != "" {
		state += ": " + why
	}
	return state
}

// waiting says what a message waits for, and until when.
func (o Operator) waiting(m *controlv1.Message) string {
	w := o.Words.Where
	parts := []string{o.Words.States["waiting"]}
	if m.GetBehind() != "" {
		parts[0] += " " + fmt.Sprintf(w.Behind, m.GetBehind())
		if m.GetPosition() > 0 && m.GetLane() > 0 {
			parts[0] += " " + fmt.Sprintf(w.Place, m.GetPosition(), m.GetLane())
		}
	}
	if why := o.why(m.GetWhy()); why != "" {
		parts[0] += ": " + why
	}
	if m.GetNextTry() != nil {
		parts = append(parts, fmt.Sprintf(w.NextTry, o.AtMoment(m.GetNextTry())))
	}
	return strings.Join(parts, "; ")
}

// journey writes the whole way of one message.
func (o Operator) journey(m *controlv1.Message) {
	w := o.Words.Where
	head := []string{m.GetId(), o.way(m.GetDirection()), m.GetChannel(), m.GetNetwork()}
	if m.GetContact() != "" {
		head = append(head, fmt.Sprintf(w.Contact, m.GetContact()))
	}
	if m.GetParts() > 1 {
		head = append(head, fmt.Sprintf(w.Parts, m.GetParts()))
	}
	if m.GetGeneration() > 0 {
		head = append(head, fmt.Sprintf(w.Generation, o.count(uint64(m.GetGeneration()), w.Times)))
	}
	o.Line("%s", o.Mark(render.Bold, strings.Join(head, "  ")))
	t := render.Table{Columns: []render.Column{{}, {Right: true}, {Colour: o.hopColour}, {Colour: faint}, {}}}
	for _, h := range journey.Fold(m.GetHops()) {
		for _, hold := range h.GetHolds() {
			t.Add(o.Instant(hold.GetSince()), o.after(m, hold.GetSince()), o.Words.Hops["waiting"], h.GetService(), o.held(hold))
		}
		t.Add(o.Instant(h.GetTime()), o.after(m, h.GetTime()), o.hop(h.Hop), h.GetService(), o.hopWhy(h, m.GetParts()))
	}
	if m.GetState() == controlv1.State_STATE_WAITING || m.GetState() == controlv1.State_STATE_ACCEPTED {
		t.Add(w.Now, o.after(m, timestamppb.New(o.Now)), o.Words.States[render.EnumWord(m.GetState())], "", o.pending(m))
	}
	o.Table(t)
	o.Pairs(render.Pair{Name: w.Ends, Value: o.endsAt(m)}, render.Pair{Name: w.Trace, Value: first(m.GetTraceUrl(), m.GetTraceId())})
}

// pending is what a message that is not there yet waits for, as far as it is known.
func (o Operator) pending(m *controlv1.Message) string {
	text := ""
	if m.GetState() == controlv1.State_STATE_WAITING {
		text = strings.TrimLeft(strings.TrimPrefix(o.waiting(m), o.Words.States["waiting"]), ":; ")
	}
	if !m.GetLive() {
		text = strings.TrimLeft(text+"; "+o.Words.Where.NotLive, "; ")
	}
	return text
}

func (o Operator) endsAt(m *controlv1.Message) string {
	if m.GetEnds() == nil {
		return ""
	}
	return fmt.Sprintf(o.Words.Where.EndsAt, o.AtMoment(m.GetEnds()), o.Until(m.GetEnds()))
}

// held is what a message waited for, and for how long.
func (o Operator) held(h *controlv1.Hold) string {
	w := o.Words.Where
	text := fmt.Sprintf(w.For, o.Between(h.GetSince(), h.GetUntil()))
	if h.GetBehind() != "" {
		text += " " + fmt.Sprintf(w.Behind, h.GetBehind())
	}
	if why := o.why(h.GetWhy()); why != "" {
		text += ": " + why
	}
	return text
}

func (o Operator) hop(h *controlv1.Hop) string {
	if h.GetByReceipt() && h.GetHop() == "failed" {
		return o.Words.Hops["failed_by_receipt"]
	}
	return first(o.Words.Hops[h.GetHop()], h.GetHop())
}

// hopWhy is why a hop was as it was, its part, its tries, the receipt of it, and what comes then.
func (o Operator) hopWhy(h journey.Line, parts uint32) string {
	w := o.Words.Where
	var all []string
	if parts > 1 && slices.Contains(ofPieces, h.GetHop()) {
		all = append(all, fmt.Sprintf(w.Part, h.GetPart()+1, parts))
	}
	if why := o.why(h.GetReason()); why != "" {
		all = append(all, why)
	}
	if h.GetAttempts() > 1 {
		all = append(all, fmt.Sprintf(w.Tries, h.GetAttempts()))
	}
	if h.Receipt != nil {
		all = append(all, fmt.Sprintf(w.Receipt, o.Instant(h.Receipt.GetTime())))
	}
	if h.GetNextTry() != nil {
		all = append(all, fmt.Sprintf(w.NextTry, o.AtMoment(h.GetNextTry())))
	}
	return strings.Join(all, "; ")
}

// after is how long after its acceptance something happened to a message.
func (o Operator) after(m *controlv1.Message, t *timestamppb.Timestamp) string {
	if d := o.Between(m.GetAcceptedAt(), t); d != "" && d != o.Took(0) {
		return "+" + d
	}
	return ""
}

// ofPieces are hops that each part of a message has.
var ofPieces = []string{"waiting", "sent", "delivered", "read", "failed", "dead"}
