// Package failures is what an operator asks about what did not arrive, and has the bridge do about it: send it again, or discard it.
//
//	err := failures.Summarize(ctx, op, failures.Chosen{Network: "telegram", Since: 24 * time.Hour})
//	err = failures.Replay(ctx, op, failures.Chosen{Reason: "telegram.blocked"}, failures.ReplayOptions{Wait: time.Minute})
package failures

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// MostListed bounds how many failures are listed at once.
const MostListed = 10_000

// page is how many failures, or dead letters, are asked for at once.
const page = 1000

// List lists what did not arrive, the newest first, at most limit of it.
func List(ctx context.Context, o operate.Operator, c Chosen, limit int) error {
	return list(ctx, o, c, limit, false, func(*controlv1.Failure) bool { return true }, o.Words.Failures.None)
}

// Resent lists what failed, was sent again, and has not failed anew, by when it failed.
func Resent(ctx context.Context, o operate.Operator, c Chosen, limit int) error {
	return list(ctx, o, c, limit, true, func(*controlv1.Failure) bool { return true }, o.Words.Failures.NoResent)
}

// Dead lists the dead letters alone: what failed by a receipt has none.
func Dead(ctx context.Context, o operate.Operator, c Chosen, limit int) error {
	return list(ctx, o, c, limit, false, func(f *controlv1.Failure) bool { return f.GetNumber() > 0 }, o.Words.Failures.NoDead)
}

func list(ctx context.Context, o operate.Operator, c Chosen, limit int, resent bool, counts func(*controlv1.Failure) bool, none string) error {
	filter, err := filterOf(o, c)
	if err != nil {
		return err
	}
	var all []*controlv1.Failure
	more := false
	for token := ""; ; {
		q := &controlv1.ListFailuresRequest{Filter: filter, PageSize: uint32(min(limit, page)), PageToken: token, Resent: resent}
		a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.ListFailures, q)
		if err != nil {
			return o.ChannelFailed(ctx, c.Channel, err)
		}
		for _, f := range a.GetFailures() {
			if counts(f) {
				all = append(all, f)
			}
		}
		if more = a.GetNextPageToken() != "" || len(all) > limit; more && len(all) < limit {
			o.Progress(o.Words.Failures.SoFar, len(all))
			token = a.GetNextPageToken()
			continue
		}
		break
	}
	o.Progress("")
	all = all[:min(len(all), limit)]
	if len(all) == 0 {
		if err := refuseUnknown(ctx, o, c); err != nil {
			return err
		}
	}
	switch {
	case o.JSON:
		for _, f := range all {
			if err := o.Record(f); err != nil {
				return err
			}
		}
	case len(all) == 0:
		o.Line("%s", none)
	case resent:
		resentTable(o, all)
	default:
		table(o, all)
	}
	if more {
		o.Note(o.Words.Failures.More, len(all), MostListed)
	}
	return nil
}

// table writes a line for each.
func table(o operate.Operator, all []*controlv1.Failure) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Number, Right: true}, {Head: h.Time}, {Head: h.Kind, Spare: 1}, {Head: h.Channel}, {Head: h.Contact, Spare: 3}, {Head: h.Message}, {Head: h.Whose, Spare: 2}, {Head: h.Why},
	}}
	for _, f := range all {
		t.Add(render.Number(f.GetNumber()), o.Clock(f.GetTime()), o.Words.Kinds[render.EnumWord(f.GetKind())], f.GetChannel(), render.Contact(f.GetContact(), f.GetContactKey()),
			cmp.Or(f.GetId(), f.GetKey()), o.Whose(f.GetWhy()), o.Why(f.GetWhy()))
	}
	o.Table(t)
}

// resentTable writes a line for each that was sent again.
func resentTable(o operate.Operator, all []*controlv1.Failure) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{{Head: h.FailedAt}, {Head: h.Resent}, {Head: h.State}, {Head: h.Channel}, {Head: h.Message}, {Head: h.Why}}}
	for _, f := range all {
		t.Add(o.Clock(f.GetTime()), o.Clock(f.GetResentAt()), resentState(o, f), f.GetChannel(), f.GetId(), o.Why(f.GetWhy()))
	}
	o.Table(t)
}

// resentState is how what was sent again stands, and what it waits for.
func resentState(o operate.Operator, f *controlv1.Failure) string {
	state := cmp.Or(o.Words.States[render.EnumWord(f.GetState())], o.Words.Unknown)
	if why := o.Why(f.GetWaitsFor()); why != "" {
		state += ": " + why
	}
	return state
}

// Summarize counts what did not arrive by reason.
func Summarize(ctx context.Context, o operate.Operator, c Chosen) error {
	filter, err := filterOf(o, c)
	if err != nil {
		return err
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.SummarizeFailures, &controlv1.SummarizeFailuresRequest{Filter: filter})
	if err != nil {
		return o.ChannelFailed(ctx, c.Channel, err)
	}
	if len(a.GetGroups()) == 0 {
		if err := refuseUnknown(ctx, o, c); err != nil {
			return err
		}
	}
	if o.JSON {
		for _, g := range a.GetGroups() {
			if err := o.Record(g); err != nil {
				return err
			}
		}
		return nil
	}
	if len(a.GetGroups()) == 0 {
		o.Line("%s", o.Words.Failures.None)
		sentAgain(o, a)
		return nil
	}
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Count, Right: true}, {Head: h.Kind}, {Head: h.Whose}, {Head: h.Channels, Spare: 1}, {Head: h.Last, Spare: 2}, {Head: h.Why},
	}}
	for _, g := range a.GetGroups() {
		t.Add(fmt.Sprint(g.GetCount()), o.Words.Kinds[render.EnumWord(g.GetKind())], o.Whose(g.GetWhy()), o.List(g.GetChannels()), o.Clock(g.GetLast()), o.Why(g.GetWhy()))
	}
	o.Table(t)
	o.Line(o.Words.Failures.Total, a.GetTotal())
	sentAgain(o, a)
	return nil
}

// sentAgain says how many more had failed.
func sentAgain(o operate.Operator, a *controlv1.SummarizeFailuresResponse) {
	if n := a.GetResent(); n > 0 {
		o.Line("%s", fmt.Sprintf(o.Words.Failures.SentAgain, o.Count(n, o.Words.Status.Message)))
	}
}

// refuseUnknown is an error where a question that found nothing names a channel or a network that there is not: "nothing
// failed" would be taken for good news. What a channel that was removed left behind makes it known.
func refuseUnknown(ctx context.Context, o operate.Operator, c Chosen) error {
	if c.Channel == "" && c.Network == "" {
		return nil
	}
	left, err := api.Ask(ctx, api.AnswerWithin, o.Failures.ListFailures, &controlv1.ListFailuresRequest{
		Filter: &controlv1.FailureFilter{Channel: c.Channel, Network: c.Network}, PageSize: 1,
	})
	if err != nil {
		return o.ChannelFailed(ctx, c.Channel, err)
	}
	if len(left.GetFailures()) > 0 {
		return nil
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{})
	if err != nil {
		return o.Failed(err)
	}
	var ids, networks []string
	for _, one := range a.GetChannels() {
		if c.Channel == "" && one.GetNetwork() == c.Network || one.GetId() == c.Channel && (c.Network == "" || one.GetNetwork() == c.Network) {
			return nil
		}
		if one.GetId() == c.Channel {
			return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failures.OtherNetwork, c.Channel, one.GetNetwork(), c.Network))
		}
		ids, networks = append(ids, one.GetId()), append(networks, one.GetNetwork())
	}
	if c.Channel != "" {
		return o.NoChannel(c.Channel, ids)
	}
	slices.Sort(networks)
	return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failures.NoNetwork, c.Network, cmp.Or(o.List(slices.Compact(networks)), "-")))
}
