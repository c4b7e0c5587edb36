package operate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Chosen says which failures are meant; all that is set has to hold.
type Chosen struct {
	Channel, Network string
	// Reason is its code, or a part of its sentence.
	Reason string
	// Fault and Kind are words of the enumerations: "contact", "receipt".
	Fault, Kind string
	// Key is the id of a message, or the key of a dead letter.
	Key string
	// Number is that of a dead letter; 0 for any.
	Number uint64
	// Since and Until say how long ago it failed, at most and at least; 0 for any time.
	Since, Until time.Duration
}

// some says that something is chosen.
func (c Chosen) some() bool { return c != Chosen{} }

// Faults and FailureKinds are the words that there are.
func Faults() []string       { return wordsOf(reasonv1.Fault(0)) }
func FailureKinds() []string { return wordsOf(controlv1.FailureKind(0)) }

func (o Operator) filter(c Chosen) (*controlv1.FailureFilter, error) {
	f := &controlv1.FailureFilter{
		Channel: c.Channel, Network: c.Network, Reason: c.Reason, Key: c.Key, Number: c.Number, Since: o.ago(c.Since), Until: o.ago(c.Until),
	}
	if c.Fault != "" {
		n := slices.Index(Faults(), c.Fault)
		if n < 0 {
			return nil, exit.With(exit.Usage, fmt.Sprintf(o.Words.Failures.NoWord, "--fault", c.Fault, o.list(Faults())))
		}
		f.Fault = reasonv1.Fault(n + 1)
	}
	if c.Kind != "" {
		n := slices.Index(FailureKinds(), c.Kind)
		if n < 0 {
			return nil, exit.With(exit.Usage, fmt.Sprintf(o.Words.Failures.NoWord, "--kind", c.Kind, o.list(FailureKinds())))
		}
		f.Kind = controlv1.FailureKind(n + 1)
	}
	return f, nil
}

// MostListed bounds how many failures are listed at once.
const MostListed = 10_000

// page is how many failures, or dead letters, are asked for at once.
const page = 1000

// ListFailures lists what did not arrive, the newest first, at most limit of it.
func (o Operator) ListFailures(ctx context.Context, c Chosen, limit int) error {
	return o.listFailures(ctx, c, limit, false, func(*controlv1.Failure) bool { return true }, o.Words.Failures.None)
}

// ListResent lists what failed, was sent again, and has not failed anew, by when it failed.
func (o Operator) ListResent(ctx context.Context, c Chosen, limit int) error {
	return o.listFailures(ctx, c, limit, true, func(*controlv1.Failure) bool { return true }, o.Words.Failures.NoResent)
}

// ListDead lists the dead letters alone: what failed by a receipt has none.
func (o Operator) ListDead(ctx context.Context, c Chosen, limit int) error {
	return o.listFailures(ctx, c, limit, false, func(f *controlv1.Failure) bool { return f.GetNumber() > 0 }, o.Words.Failures.NoDead)
}

func (o Operator) listFailures(ctx context.Context, c Chosen, limit int, resent bool, counts func(*controlv1.Failure) bool, none string) error {
	filter, err := o.filter(c)
	if err != nil {
		return err
	}
	var all []*controlv1.Failure
	more := false
	for token := ""; ; {
		q := &controlv1.ListFailuresRequest{Filter: filter, PageSize: uint32(min(limit, page)), PageToken: token, Resent: resent}
		a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.ListFailures, q)
		if err != nil {
			return o.ofChannel(ctx, c.Channel, err)
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
		if err := o.refuseUnknown(ctx, c); err != nil {
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
		o.resent(all)
	default:
		o.failures(all)
	}
	if more {
		o.Note(o.Words.Failures.More, len(all), MostListed)
	}
	return nil
}

// failures writes a line for each.
func (o Operator) failures(all []*controlv1.Failure) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Number, Right: true}, {Head: h.Time}, {Head: h.Kind, Spare: 1}, {Head: h.Channel}, {Head: h.Message}, {Head: h.Whose, Spare: 2}, {Head: h.Why},
	}}
	for _, f := range all {
		t.Add(number(f.GetNumber()), o.Clock(f.GetTime()), o.Words.Kinds[render.EnumWord(f.GetKind())], f.GetChannel(),
			first(f.GetId(), f.GetKey()), o.whose(f.GetWhy()), o.why(f.GetWhy()))
	}
	o.Table(t)
}

// resent writes a line for each that was sent again.
func (o Operator) resent(all []*controlv1.Failure) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{{Head: h.FailedAt}, {Head: h.Resent}, {Head: h.State}, {Head: h.Channel}, {Head: h.Message}, {Head: h.Why}}}
	for _, f := range all {
		t.Add(o.Clock(f.GetTime()), o.Clock(f.GetResentAt()), first(o.Words.States[render.EnumWord(f.GetState())], o.Words.Unknown), f.GetChannel(), f.GetId(), o.why(f.GetWhy()))
	}
	o.Table(t)
}

// SummarizeFailures counts what did not arrive by reason.
func (o Operator) SummarizeFailures(ctx context.Context, c Chosen) error {
	filter, err := o.filter(c)
	if err != nil {
		return err
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Failures.SummarizeFailures, &controlv1.SummarizeFailuresRequest{Filter: filter})
	if err != nil {
		return o.ofChannel(ctx, c.Channel, err)
	}
	if len(a.GetGroups()) == 0 {
		if err := o.refuseUnknown(ctx, c); err != nil {
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
		o.sentAgain(a)
		return nil
	}
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Count, Right: true}, {Head: h.Kind}, {Head: h.Whose}, {Head: h.Channels, Spare: 1}, {Head: h.Last, Spare: 2}, {Head: h.Why},
	}}
	for _, g := range a.GetGroups() {
		t.Add(fmt.Sprint(g.GetCount()), o.Words.Kinds[render.EnumWord(g.GetKind())], o.whose(g.GetWhy()), o.list(g.GetChannels()), o.Clock(g.GetLast()), o.why(g.GetWhy()))
	}
	o.Table(t)
	o.Line(o.Words.Failures.Total, a.GetTotal())
	o.sentAgain(a)
	return nil
}

// sentAgain says how many more had failed.
func (o Operator) sentAgain(a *controlv1.SummarizeFailuresResponse) {
	if n := a.GetResent(); n > 0 {
		o.Line("%s", fmt.Sprintf(o.Words.Failures.SentAgain, o.count(n, o.Words.Status.Message)))
	}
}

// refuseUnknown is an error where a question that found nothing names a channel or a network that there is not: "nothing
// failed" would be taken for good news. What a channel that was removed left behind makes it known.
func (o Operator) refuseUnknown(ctx context.Context, c Chosen) error {
	if c.Channel == "" && c.Network == "" {
		return nil
	}
	left, err := api.Ask(ctx, api.AnswerWithin, o.Failures.ListFailures, &controlv1.ListFailuresRequest{
		Filter: &controlv1.FailureFilter{Channel: c.Channel, Network: c.Network}, PageSize: 1,
	})
	if err != nil {
		return o.ofChannel(ctx, c.Channel, err)
	}
	if len(left.GetFailures()) > 0 {
		return nil
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{})
	if err != nil {
		return o.failed(err)
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
		return o.noChannel(c.Channel, ids)
	}
	slices.Sort(networks)
	return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failures.NoNetwork, c.Network, first(o.list(slices.Compact(networks)), "-")))
}
