// Package system is what an operator asks about a bridge as a whole: how it stands, for people and for monitoring systems, who did
// what, and where its console is.
//
//	err := system.Status(ctx, op)
package system

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/channels"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Status says how the bridge stands, and what needs a person, which is an [exit.Error] of its own.
func Status(ctx context.Context, o operate.Operator) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.System.Status, &controlv1.StatusRequest{})
	if err != nil {
		return o.Failed(err)
	}
	if o.JSON {
		err = o.Record(a)
	} else {
		err = status(ctx, o, a)
	}
	if err == nil && len(a.GetNeeds()) > 0 {
		err = exit.With(exit.NeedsYou, "")
	}
	return err
}

func status(ctx context.Context, o operate.Operator, a *controlv1.StatusResponse) error {
	w := o.Words.Status
	o.Line("%s", summary(o, a))
	if a.GetMessagesWaiting() == 0 {
		o.Line("%s", w.NoneWait)
	} else {
		o.Line(w.Wait, o.Count(a.GetMessagesWaiting(), w.Message), cmp.Or(o.Since(a.GetOldest()), "?"))
	}
	o.Line("%s", machine(o, a))
	if a.GetHistoryBehind() > 0 {
		o.Line(w.Behind, a.GetHistoryBehind())
	}
	o.Line("")
	if len(a.GetNeeds()) == 0 {
		text := w.NothingNeeded
		if a.GetEndedUntil() != nil {
			text += ": " + fmt.Sprintf(w.EndedUntil, o.Moment(a.GetEndedUntil()))
		}
		o.Line("%s", o.Mark(render.Green, text))
	} else {
		o.Line("%s", o.Mark(render.Red, w.NeedsYou))
		t := render.Table{Columns: []render.Column{{}, {}}, Indent: 2}
		for _, n := range a.GetNeeds() {
			t.Add(cmp.Or(n.GetChannel(), w.Bridge), need(o, n))
		}
		o.Table(t)
	}
	if a.GetOk() == a.GetChannels() {
		return nil
	}
	c, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{Trouble: true})
	if err != nil {
		return o.Failed(err)
	}
	if len(c.GetChannels()) > 0 {
		o.Line("")
		channels.Table(o, c.GetChannels(), true)
	}
	return nil
}

// summary counts the channels by state.
func summary(o operate.Operator, a *controlv1.StatusResponse) string {
	w := o.Words
	var parts []string
	known := uint32(0)
	for _, s := range []struct {
		n     uint32
		state string
	}{{a.GetOk(), "ok"}, {a.GetWaiting(), "waiting"}, {a.GetPaused(), "paused"}, {a.GetSuspended(), "suspended"}} {
		if known += s.n; s.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.n, w.ChannelStates[s.state]))
		}
	}
	if rest := a.GetChannels() - min(known, a.GetChannels()); rest > 0 {
		parts = append(parts, fmt.Sprintf(w.Status.NotKnown, rest))
	}
	text := o.Count(uint64(a.GetChannels()), w.Status.Channel)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// machine is what the bridge runs on: its store, its processes, their versions.
func machine(o operate.Operator, a *controlv1.StatusResponse) string {
	w := o.Words.Status
	text := fmt.Sprintf(w.Store, percent(a.GetFill()))
	if a.GetFullest() != "" {
		text += " (" + a.GetFullest() + ")"
	}
	text += "; " + o.Count(uint64(a.GetProcesses()), w.Process)
	switch v := a.GetVersions(); len(v) {
	case 0:
	case 1:
		text += ", " + fmt.Sprintf(w.Version, v[0])
	default:
		text += ", " + fmt.Sprintf(w.Versions, o.List(v))
	}
	return text
}

func percent(part float64) string {
	if part > 0 && part < 0.01 {
		return "< 1"
	}
	return fmt.Sprintf("%.0f", part*100)
}

// need is what a person has to know of one thing, and what there is to do.
func need(o operate.Operator, n *controlv1.Need) string {
	w := o.Words.Status
	text := o.Why(n.GetWhy())
	if n.GetSince() != nil {
		text += " (" + fmt.Sprintf(w.Since, o.Moment(n.GetSince()), o.Since(n.GetSince())) + ")"
	}
	if n.GetWaiting() > 0 {
		text += "\n" + fmt.Sprintf(w.WaitForIt, o.Count(n.GetWaiting(), w.Message))
		if n.GetFirstEnds() != nil {
			text += "; " + fmt.Sprintf(w.FirstEnds, o.Until(n.GetFirstEnds()))
		}
	}
	if remedy := o.Words.Language.Of(n.GetRemedy(), n.GetRemedyEs()); remedy != "" {
		text += "\n" + fmt.Sprintf(w.Do, remedy)
	}
	return text
}
