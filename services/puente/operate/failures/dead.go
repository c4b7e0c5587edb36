package failures

import (
	"cmp"
	"context"
	"fmt"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// ShowDead shows one dead letter: its structure, or with content who wrote what, which needs a token that may.
func ShowDead(ctx context.Context, o operate.Operator, letter uint64, content bool) error {
	w := o.Words.Failures
	a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.ShowDeadLetter, &controlv1.ShowDeadLetterRequest{Number: letter, Content: content})
	if connect.CodeOf(err) == connect.CodeNotFound {
		return exit.With(exit.NotFound, fmt.Sprintf(w.NoLetter, letter))
	}
	if err != nil {
		return o.Failed(err)
	}
	if o.JSON {
		return o.Record(a)
	}
	f, h := a.GetFailure(), o.Words.Heads
	o.Pairs(
		render.Pair{Name: h.Number, Value: render.Number(f.GetNumber())}, render.Pair{Name: h.Time, Value: o.Clock(f.GetTime())},
		render.Pair{Name: h.Kind, Value: o.Words.Kinds[render.EnumWord(f.GetKind())]},
		render.Pair{Name: h.Channel, Value: f.GetChannel()}, render.Pair{Name: h.Network, Value: f.GetNetwork()},
		render.Pair{Name: h.Message, Value: cmp.Or(f.GetId(), f.GetKey())}, render.Pair{Name: h.Service, Value: f.GetService()},
		render.Pair{Name: h.Whose, Value: o.Whose(f.GetWhy())}, render.Pair{Name: h.Why, Value: o.Why(f.GetWhy())},
		render.Pair{Name: o.Words.Where.Trace, Value: f.GetTraceId()},
	)
	if a.GetBody() != "" {
		o.Line("\n%s", render.Indented(a.GetBody()))
	}
	if a.GetCut() {
		o.Note("%s", w.Cut)
	}
	if !content {
		o.Note(w.Blanked, letter)
	}
	return nil
}

// Discard removes dead letters for good. Where they are not named one by one it only says how many, unless sure.
func Discard(ctx context.Context, o operate.Operator, c Chosen, because string, sure, dryRun bool) error {
	w := o.Words.Failures
	if !c.some() {
		return exit.With(exit.Usage, w.ChooseDiscard)
	}
	filter, err := filterOf(o, c)
	if err != nil {
		return err
	}
	sure = sure || c.Number > 0 || c.Key != ""
	a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.DiscardFailures, &controlv1.DiscardFailuresRequest{Filter: filter, Reason: because, DryRun: dryRun || !sure})
	if err != nil {
		return o.ChannelFailed(ctx, c.Channel, err)
	}
	if a.GetDiscarded() == 0 {
		if err := refuseUnknown(ctx, o, c); err != nil {
			return err
		}
		if c.Number > 0 || c.Key != "" {
			return exit.With(exit.NotFound, w.NoDead)
		}
	}
	letters := o.Count(a.GetDiscarded(), w.Letter)
	switch {
	case o.JSON:
		err = o.Record(a)
	case dryRun || !sure:
		o.Line(w.WouldDiscard, letters)
	default:
		o.Line(w.Discarded, letters)
	}
	if err == nil && !dryRun && !sure && a.GetDiscarded() > 0 {
		err = exit.With(exit.Failed, w.BeSure)
	}
	return err
}
