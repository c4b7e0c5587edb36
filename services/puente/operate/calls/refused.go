package calls

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Refused lists the calls that the public side has refused, by channel and cause, the latest first: those of a network or of a
// channel, and of all for neither.
func Refused(ctx context.Context, o operate.Operator, opt Options) error {
	if opt.Channel != "" || opt.Network != "" {
		if _, err := networksOf(ctx, o, opt); err != nil {
			return err
		}
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Webhooks.ListRefusals, &controlv1.ListRefusalsRequest{Network: opt.Network, Channel: opt.Channel})
	if err != nil {
		return o.Failed(err)
	}
	w := o.Words.Calls
	if since := o.Ago(opt.Since); since != nil {
		a.Refusals = slices.DeleteFunc(a.Refusals, func(r *controlv1.Refusal) bool { return r.GetLast().AsTime().Before(since.AsTime()) })
	}
	if o.JSON {
		for _, r := range a.GetRefusals() {
			if err := o.Record(r); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case a.GetSince() == nil:
		o.Line("%s", w.RefusedUnknown)
		return nil
	case len(a.GetRefusals()) == 0:
		o.Line("%s", w.NoneRefused)
	}
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{{Head: h.Caller}, {Head: h.Channel}, {Head: h.Count, Right: true}, {Head: h.Last}, {Head: h.Why}}}
	for _, r := range a.GetRefusals() {
		caller := cmp.Or(r.GetNetwork(), "?")
		if r.GetBy() == "platform" {
			caller = "BonyChat"
		}
		t.Add(caller, r.GetChannel(), render.Number(r.GetTimes()), o.Clock(r.GetLast()), cause(o, r))
	}
	o.Table(t)
	o.Line("%s", fmt.Sprintf(w.RefusedSince, o.Moment(a.GetSince())))
	return nil
}

// cause is why something was refused, with what of the contract was broken.
func cause(o operate.Operator, r *controlv1.Refusal) string {
	text := cmp.Or(o.Words.Causes[r.GetCause()], r.GetCause())
	var wrong []string
	for _, b := range r.GetBreaches() {
		wrong = append(wrong, b.GetField()+": "+o.Words.Language.Of(b.GetEn(), b.GetEs()))
	}
	if len(wrong) > 0 {
		text += " (" + strings.Join(wrong, "; ") + ")"
	}
	return text
}
