// Package messages is what an operator asks about messages: where one is, and what happens now.
//
//	err := messages.Where(ctx, op, "+34600111222", messages.WhereOptions{})
package messages

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/services/puente/operate"
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
func Where(ctx context.Context, o operate.Operator, query string, opt WhereOptions) error {
	q := &controlv1.WhereRequest{Query: query, Channel: opt.Channel, Since: o.Ago(opt.Since)}
	if opt.All {
		q.Limit = mostFound
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Messages.Where, q)
	if connect.CodeOf(err) == connect.CodeNotFound && opt.Channel == "" || err == nil && len(a.GetMessages()) == 0 {
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Where.Nothing, query))
	}
	if err != nil {
		return o.ChannelFailed(ctx, opt.Channel, err)
	}
	if o.JSON {
		for _, m := range a.GetMessages() {
			if err := o.Record(m); err != nil {
				return err
			}
		}
	} else if len(a.GetMessages()) == 1 {
		show(o, a.GetMessages()[0])
	} else {
		list(o, a.GetMessages())
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

// list writes a line for each.
func list(o operate.Operator, all []*controlv1.Message) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Time}, {Head: h.Way}, {Head: h.Channel, Spare: 1}, {Head: h.Contact, Spare: 3}, {Head: h.Message}, {Head: h.Took, Right: true, Spare: 2}, {Head: h.State},
	}}
	for _, m := range all {
		took := ""
		if m.GetState() != controlv1.State_STATE_WAITING && m.GetState() != controlv1.State_STATE_ACCEPTED {
			took = o.Between(m.GetAcceptedAt(), m.GetStateAt())
			if m.GetSentAt() != nil { // when the contact read it is the contact's
				took = o.Between(m.GetAcceptedAt(), m.GetSentAt())
			}
		}
		t.Add(o.Clock(m.GetAcceptedAt()), direction(o, m.GetDirection()), m.GetChannel(), render.Contact(m.GetContact(), m.GetContactKey()), m.GetId(), took, standing(o, m))
	}
	o.Table(t)
}

func direction(o operate.Operator, d controlv1.Direction) string {
	return o.Words.Ways[render.EnumWord(d)]
}

// standing is how a message stands, in one sentence.
func standing(o operate.Operator, m *controlv1.Message) string {
	state := o.Words.StateOf(m)
	if m.GetState() == controlv1.State_STATE_WAITING {
		return waiting(o, m)
	}
	if why := o.Why(m.GetWhy()); why != "" {
		state += ": " + why
	}
	return state
}

// waiting says what a message waits for, and until when.
func waiting(o operate.Operator, m *controlv1.Message) string {
	w := o.Words.Where
	parts := []string{o.Words.States["waiting"]}
	if m.GetBehind() != "" {
		parts[0] += " " + fmt.Sprintf(w.Behind, m.GetBehind())
		if m.GetPosition() > 0 && m.GetLane() > 0 {
			parts[0] += " " + fmt.Sprintf(w.Place, m.GetPosition(), m.GetLane())
		}
	}
	if why := o.Why(m.GetWhy()); why != "" {
		parts[0] += ": " + why
	}
	if m.GetNextTry() != nil {
		parts = append(parts, fmt.Sprintf(w.NextTry, o.AtMoment(m.GetNextTry())))
	}
	return strings.Join(parts, "; ")
}

// show writes the whole way of one message.
func show(o operate.Operator, m *controlv1.Message) {
	w := o.Words.Where
	head := []string{m.GetId(), direction(o, m.GetDirection()), m.GetChannel(), m.GetNetwork()}
	if m.GetContact() != "" {
		head = append(head, fmt.Sprintf(w.Contact, m.GetContact()))
	}
	if m.GetParts() > 1 {
		head = append(head, fmt.Sprintf(w.Parts, m.GetParts()))
	}
	if m.GetGeneration() > 0 {
		head = append(head, fmt.Sprintf(w.Generation, o.Count(uint64(m.GetGeneration()), w.Times)))
	}
	o.Line("%s", o.Mark(render.Bold, strings.Join(head, "  ")))
	t := render.Table{Columns: []render.Column{{}, {Right: true}, {Colour: o.HopColour}, {Colour: render.AllFaint}, {}}}
	for _, h := range journey.Fold(m.GetHops()) {
		for _, hold := range h.GetHolds() {
			t.Add(o.Instant(hold.GetSince()), after(o, m, hold.GetSince()), o.Words.Hops["waiting"], h.GetService(), held(o, hold))
		}
		t.Add(o.Instant(h.GetTime()), after(o, m, h.GetTime()), hopWord(o, h.Hop), h.GetService(), hopWhy(o, h, m.GetParts()))
	}
	if m.GetState() == controlv1.State_STATE_WAITING || m.GetState() == controlv1.State_STATE_ACCEPTED {
		t.Add(w.Now, after(o, m, timestamppb.New(o.Now)), o.Words.States[render.EnumWord(m.GetState())], "", pending(o, m))
	}
	o.Table(t)
	o.Pairs(render.Pair{Name: w.Ends, Value: endsAt(o, m)}, render.Pair{Name: w.Trace, Value: cmp.Or(m.GetTraceUrl(), m.GetTraceId())})
}

// pending is what a message that is not there yet waits for, as far as it is known.
func pending(o operate.Operator, m *controlv1.Message) string {
	text := ""
	if m.GetState() == controlv1.State_STATE_WAITING {
		text = strings.TrimLeft(strings.TrimPrefix(waiting(o, m), o.Words.States["waiting"]), ":; ")
	}
	if !m.GetLive() {
		text = strings.TrimLeft(text+"; "+o.Words.Where.NotLive, "; ")
	}
	return text
}

func endsAt(o operate.Operator, m *controlv1.Message) string {
	if m.GetEnds() == nil {
		return ""
	}
	return fmt.Sprintf(o.Words.Where.EndsAt, o.AtMoment(m.GetEnds()), o.Until(m.GetEnds()))
}

// held is what a message waited for, and for how long.
func held(o operate.Operator, h *controlv1.Hold) string {
	w := o.Words.Where
	text := fmt.Sprintf(w.For, o.Between(h.GetSince(), h.GetUntil()))
	if h.GetBehind() != "" {
		text += " " + fmt.Sprintf(w.Behind, h.GetBehind())
	}
	if why := o.Why(h.GetWhy()); why != "" {
		text += ": " + why
	}
	return text
}

func hopWord(o operate.Operator, h *controlv1.Hop) string {
	if h.GetByReceipt() && h.GetHop() == "failed" {
		return o.Words.Hops["failed_by_receipt"]
	}
	return cmp.Or(o.Words.Hops[h.GetHop()], h.GetHop())
}

// hopWhy is why a hop was as it was, its part, its tries, the receipt of it, and what comes then.
func hopWhy(o operate.Operator, h journey.Line, parts uint32) string {
	w := o.Words.Where
	var all []string
	if parts > 1 && slices.Contains(ofPieces, h.GetHop()) {
		all = append(all, fmt.Sprintf(w.Part, h.GetPart()+1, parts))
	}
	if why := o.Why(h.GetReason()); why != "" {
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
func after(o operate.Operator, m *controlv1.Message, t *timestamppb.Timestamp) string {
	if d := o.Between(m.GetAcceptedAt(), t); d != "" && d != o.Took(0) {
		return "+" + d
	}
	return ""
}

// ofPieces are hops that each part of a message has.
var ofPieces = []string{"waiting", "sent", "delivered", "read", "failed", "dead"}
