package system

import (
	"cmp"
	"context"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// AuditOptions say which acts are meant.
type AuditOptions struct {
	// Actor is who did it, Target what it was about; "" for any.
	Actor, Target string
	// Limit is how many are listed, 1 to 1000.
	Limit int
	// Previews lists also what only looked: it changed nothing, and was not to.
	Previews bool
}

// Audit lists what was done through the control API, and what was refused, the newest first. Procedures and outcomes are told by
// their names in the API.
func Audit(ctx context.Context, o operate.Operator, opt AuditOptions) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.System.ListAudit, &controlv1.ListAuditRequest{Actor: opt.Actor, Target: opt.Target, PageSize: uint32(opt.Limit), WithoutPreviews: !opt.Previews})
	if err != nil {
		return o.Failed(err)
	}
	if o.JSON {
		for _, act := range a.GetActs() {
			if err := o.Record(act); err != nil {
				return err
			}
		}
		return nil
	}
	if len(a.GetActs()) == 0 {
		o.Line("%s", o.Words.Audit.None)
		return nil
	}
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Time}, {Head: h.Who}, {Head: h.What}, {Head: h.About}, {Head: h.Detail, Spare: 2}, {Head: h.Outcome}, {Head: h.From, Spare: 1}, {Head: h.Why},
	}}
	for _, act := range a.GetActs() {
		procedure := act.GetProcedure()[strings.LastIndex(act.GetProcedure(), "/")+1:]
		t.Add(o.Clock(act.GetTime()), cmp.Or(act.GetActor(), "?"), procedure, act.GetTarget(), act.GetDetail(), act.GetOutcome(), act.GetFrom(), act.GetReason())
	}
	o.Table(t)
	if a.GetNextPageToken() != "" {
		o.Note(o.Words.Audit.More, len(a.GetActs()))
	}
	return nil
}
