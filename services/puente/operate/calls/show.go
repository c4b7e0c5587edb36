package calls

import (
	"context"
	"fmt"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Show shows one stored call of a network: what today's decoder makes of it, what became of that, and how it is built, without its
// values.
func Show(ctx context.Context, o operate.Operator, network string, number uint64) error {
	a, err := api.Ask(ctx, api.NetworkWithin, o.Webhooks.ShowCall, &controlv1.ShowCallRequest{Network: network, Number: number})
	w, h := o.Words.Calls, o.Words.Heads
	if connect.CodeOf(err) == connect.CodeNotFound {
		return exit.With(exit.NotFound, fmt.Sprintf(w.NoCall, number, network))
	}
	if err != nil {
		return o.Failed(err)
	}
	if o.JSON {
		return o.Record(a)
	}
	c := a.GetCall()
	o.Pairs(
		render.Pair{Name: h.Number, Value: render.Number(c.GetNumber())}, render.Pair{Name: h.Time, Value: o.Clock(c.GetTime())},
		render.Pair{Name: h.Channel, Value: c.GetChannel()}, render.Pair{Name: h.Bytes, Value: render.Number(c.GetSize())},
		render.Pair{Name: h.Messages, Value: render.Number(uint64(c.GetMessages()))}, render.Pair{Name: h.Known, Value: render.Number(uint64(c.GetKnown()))},
		render.Pair{Name: h.Receipts, Value: render.Number(uint64(c.GetReceipts()))}, render.Pair{Name: h.Unreadable, Value: render.Number(uint64(c.GetUnreadable()))},
		render.Pair{Name: h.Why, Value: c.GetError()},
	)
	for _, m := range a.GetMessages() {
		state := o.Words.StateOf(&controlv1.Message{State: m.GetState(), Direction: controlv1.Direction_DIRECTION_IN})
		if !m.GetKnown() {
			state = w.NotTaken
		}
		o.Line("%s  %s", m.GetId(), state)
	}
	for _, l := range a.GetLetters() {
		o.Line("%s: %s", fmt.Sprintf(w.Letter, l.GetNumber()), o.Why(l.GetWhy()))
	}
	if len(a.GetMessages())+len(a.GetLetters()) == 0 && c.GetReceipts() == 0 {
		o.Line("%s", w.NoEvents)
	}
	o.Line("\n%s:\n%s", w.Structure, render.Indented(a.GetStructure()))
	if a.GetCut() {
		o.Note("%s", o.Words.Failures.Cut)
	}
	return nil
}
