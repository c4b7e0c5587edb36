package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// ListChannels shows all channels, or those of a network, or those that are not well.
func (o Operator) ListChannels(ctx context.Context, network string, trouble bool) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{Network: network, Trouble: trouble})
	if err != nil {
		return o.failed(err)
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
		o.channels(a.GetChannels(), trouble)
	}
	return nil
}

// channels writes a line for each; how much they carry is left out where trouble alone is shown.
func (o Operator) channels(all []*controlv1.Channel, trouble bool) {
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Channel}, {Head: h.Network, Spare: 2}, {Head: h.State, Colour: o.stateColour}, {Head: h.Since, Spare: 1}, {Head: h.Wait, Right: true},
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
		t.Add(c.GetId(), c.GetNetwork(), o.channelState(c.GetState()), since, number(c.GetWaiting()), o.Since(c.GetOldest()),
			outIn, number(c.GetFailedLastDay()), lastIn, o.channelWhy(c))
	}
	o.Table(t)
}

func (o Operator) channelState(s controlv1.ChannelState) string {
	return first(o.Words.ChannelStates[render.EnumWord(s)], o.Words.Unknown)
}

// channelWhy says why a channel is not well, on both sides, and what to do.
func (o Operator) channelWhy(c *controlv1.Channel) string {
	w := o.Words.Channels
	var all []string
	if c.GetPausedBy() != "" || c.GetPausedReason() != "" {
		all = append(all, fmt.Sprintf(w.PausedBy, first(c.GetPausedBy(), "?"), first(c.GetPausedReason(), "-")))
	} else if why := o.why(c.GetWhy()); why != "" {
		all = append(all, why)
	}
	if c.GetUntil() != nil {
		all = append(all, fmt.Sprintf(w.Until, o.Moment(c.GetUntil())))
	}
	if c.GetFirstEnds() != nil && c.GetState() != controlv1.ChannelState_CHANNEL_STATE_OK {
		all = append(all, fmt.Sprintf(o.Words.Status.FirstEnds, o.Until(c.GetFirstEnds())))
	}
	if s := c.GetPlatformState(); s == controlv1.ChannelState_CHANNEL_STATE_SUSPENDED || s == controlv1.ChannelState_CHANNEL_STATE_WAITING {
		all = append(all, fmt.Sprintf(w.Platform, o.channelState(s), c.GetWaitingPlatform(), o.why(c.GetPlatformWhy())))
	}
	if remedy := o.inOur(c.GetRemedy(), c.GetRemedyEs()); remedy != "" {
		all = append(all, fmt.Sprintf(o.Words.Status.Do, remedy))
	}
	return strings.Join(all, "; ")
}

// ShowChannel shows one with what waits, its settings and what became of it.
func (o Operator) ShowChannel(ctx context.Context, id string) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.GetChannel, &controlv1.GetChannelRequest{Channel: id})
	if err != nil {
		return o.ofChannel(ctx, id, err)
	}
	if o.JSON {
		return o.Record(a)
	}
	o.channel(a)
	return nil
}

func (o Operator) channel(a *controlv1.GetChannelResponse) {
	w, h, c := o.Words.Channels, o.Words.Heads, a.GetChannel()
	o.channels([]*controlv1.Channel{c}, false)
	if a.GetPerSecond() > 0 {
		o.Line(w.Budget, a.GetPerSecond(), a.GetTokens())
	}
	if len(a.GetWaiting()) > 0 {
		o.Line("\n%s", w.WhatWaits)
		t := render.Table{Columns: []render.Column{{Head: h.Wait, Right: true}, {Head: h.Contacts, Right: true}, {Head: h.NextTry}, {Head: h.Why}}, Indent: 2}
		for _, g := range a.GetWaiting() {
			t.Add(number(g.GetMessages()), number(g.GetContacts()), o.Clock(g.GetNextTry()), o.why(g.GetWhy()))
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
		t := render.Table{Columns: []render.Column{{Colour: faint}, {}}, Indent: 2}
		for _, name := range names {
			t.Add(name, a.GetSettings()[name])
		}
		o.Table(t)
	}
	if len(a.GetHistory()) > 0 {
		o.Line("\n%s", w.History)
		t := render.Table{Columns: []render.Column{{}, {Colour: o.hopColour}, {}}, Indent: 2}
		for _, e := range a.GetHistory() {
			t.Add(o.Clock(e.GetTime()), first(o.Words.Hops[e.GetWhat()], e.GetWhat()), o.why(e.GetWhy()))
		}
		o.Table(t)
	}
}
