// Package channels is what an operator asks about channels, and has the bridge do with one: hold it, let it go on, ask its network,
// change it, take it out.
//
//	err := channels.Pause(ctx, op, "k7m2q9x4t8w1zb", 30*time.Minute, "token rotation")
package channels

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

// List shows all channels, or those of a network, or those that are not well.
func List(ctx context.Context, o operate.Operator, network string, trouble bool) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{Network: network, Trouble: trouble})
	if err != nil {
		return o.Failed(err)
	}
	switch {
	case o.JSON:
		for _, c := range a.GetChannels() {
			if err := o.Record(c); err != nil {
				return err
			}
		}
	case len(a.GetChannels()) == 0:
		o.Note("%s", o.Words.Channels.None)
	default:
		Table(o, a.GetChannels(), trouble)
	}
	return nil
}

// Table writes a line for each; how much they carry is left out where trouble alone is shown.
func Table(o operate.Operator, all []*controlv1.Channel, trouble bool) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Channel}, {Head: h.Network, Spare: 2}, {Head: h.State, Colour: stateColour(o)}, {Head: h.Since, Spare: 1}, {Head: h.Wait, Right: true},
		{Head: h.Oldest, Right: true}, {Head: h.OutIn, Right: true, Spare: 3}, {Head: h.Failed, Right: true}, {Head: h.LastIn, Right: true, Spare: 4}, {Head: h.Why},
	}}
	for _, c := range all {
		outIn, lastIn := fmt.Sprintf("%d/%d", c.GetOutLastHour(), c.GetInLastHour()), o.Since(c.GetLastIn())
		if trouble {
			outIn, lastIn = "", ""
		}
		since := ""
		if c.GetState() != controlv1.ChannelState_CHANNEL_STATE_OK {
			since = o.Clock(c.GetSince())
		}
		t.Add(c.GetId(), c.GetNetwork(), stateWord(o, c.GetState()), since, render.Number(c.GetWaiting()), o.Since(c.GetOldest()),
			outIn, render.Number(c.GetFailedLastDay()), lastIn, whyNot(o, c))
	}
	o.Table(t)
}

// stateWord is a state in one word.
func stateWord(o operate.Operator, s controlv1.ChannelState) string {
	return cmp.Or(o.Words.ChannelStates[render.EnumWord(s)], o.Words.Unknown)
}

// stateColour is that of a state's word.
func stateColour(o operate.Operator) func(cell string) render.Colour {
	s := o.Words.ChannelStates
	return func(cell string) render.Colour {
		switch cell {
		case s["suspended"]:
			return render.Red
		case s["paused"], s["waiting"]:
			return render.Yellow
		case s["ok"]:
			return render.Green
		default:
			return render.Plain
		}
	}
}

// whyNot says why a channel is not well, on both sides, and what to do.
func whyNot(o operate.Operator, c *controlv1.Channel) string {
	w := o.Words.Channels
	var all []string
	if c.GetPausedBy() != "" || c.GetPausedReason() != "" {
		all = append(all, fmt.Sprintf(w.PausedBy, cmp.Or(c.GetPausedBy(), "?"), cmp.Or(c.GetPausedReason(), "-")))
	} else if why := o.Why(c.GetWhy()); why != "" {
		all = append(all, why)
	}
	if c.GetUntil() != nil {
		all = append(all, fmt.Sprintf(w.Until, o.Moment(c.GetUntil())))
	}
	if c.GetFirstEnds() != nil && c.GetState() != controlv1.ChannelState_CHANNEL_STATE_OK {
		all = append(all, fmt.Sprintf(o.Words.Status.FirstEnds, o.Until(c.GetFirstEnds())))
	}
	if s := c.GetPlatformState(); s == controlv1.ChannelState_CHANNEL_STATE_SUSPENDED || s == controlv1.ChannelState_CHANNEL_STATE_WAITING {
		all = append(all, fmt.Sprintf(w.Platform, stateWord(o, s), c.GetWaitingPlatform(), o.Why(c.GetPlatformWhy())))
	}
	if remedy := o.Words.Language.Of(c.GetRemedy(), c.GetRemedyEs()); remedy != "" {
		all = append(all, fmt.Sprintf(o.Words.Status.Do, remedy))
	}
	return strings.Join(all, "; ")
}

// Show shows one with what waits, its settings and what became of it.
func Show(ctx context.Context, o operate.Operator, id string) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.GetChannel, &controlv1.GetChannelRequest{Channel: id})
	if err != nil {
		return o.ChannelFailed(ctx, id, err)
	}
	if o.JSON {
		return o.Record(a)
	}
	show(o, a)
	return nil
}

func show(o operate.Operator, a *controlv1.GetChannelResponse) {
	w, h, c := o.Words.Channels, o.Words.Heads, a.GetChannel()
	Table(o, []*controlv1.Channel{c}, false)
	if a.GetPerSecond() > 0 {
		o.Line(w.Budget, a.GetPerSecond(), a.GetTokens())
	}
	if len(a.GetWaiting()) > 0 {
		o.Line("\n%s", w.WhatWaits)
		t := render.Table{Columns: []render.Column{{Head: h.Wait, Right: true}, {Head: h.Contacts, Right: true}, {Head: h.NextTry}, {Head: h.Why}}, Indent: 2}
		for _, g := range a.GetWaiting() {
			t.Add(render.Number(g.GetMessages()), render.Number(g.GetContacts()), o.Clock(g.GetNextTry()), o.Why(g.GetWhy()))
		}
		o.Table(t)
	}
	if len(a.GetSettings()) > 0 {
		o.Line("\n%s", w.Settings)
		var names []string
		for name := range a.GetSettings() {
			names = append(names, name)
		}
		slices.Sort(names)
		t := render.Table{Columns: []render.Column{{Colour: render.AllFaint}, {}}, Indent: 2}
		for _, name := range names {
			t.Add(name, a.GetSettings()[name])
		}
		o.Table(t)
	}
	if len(a.GetHistory()) > 0 {
		o.Line("\n%s", w.History)
		t := render.Table{Columns: []render.Column{{}, {Colour: o.HopColour}, {}}, Indent: 2}
		for _, e := range a.GetHistory() {
			t.Add(o.Clock(e.GetTime()), cmp.Or(o.Words.Hops[e.GetWhat()], e.GetWhat()), o.Why(e.GetWhy()))
		}
		o.Table(t)
	}
}
