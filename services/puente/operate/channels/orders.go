package channels

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Pause holds what is to be sent to a channel's network, in order. For is how long; 0 until it is resumed. A pause that holds is given
// this end and this reason, and goes on.
func Pause(ctx context.Context, o operate.Operator, channel string, within time.Duration, reason string) error {
	q := &controlv1.PauseChannelRequest{Channel: channel, Reason: reason}
	if within > 0 {
		q.For = durationpb.New(within)
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.PauseChannel, q)
	if err != nil {
		return o.ChannelFailed(ctx, channel, err)
	}
	if o.JSON {
		return o.Record(a.GetChannel())
	}
	c, w := a.GetChannel(), o.Words.Orders
	open, until := w.Paused, w.PausedUntil
	if a.GetWasPaused() {
		open, until = w.Repaused, w.RepausedUntil
	}
	if c.GetUntil() != nil {
		o.Line(until, c.GetId(), o.Moment(c.GetUntil()))
	} else {
		o.Line(open, c.GetId())
	}
	stillWait(o, c)
	return nil
}

// Resume ends a pause.
func Resume(ctx context.Context, o operate.Operator, channel string) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ResumeChannel, &controlv1.ResumeChannelRequest{Channel: channel})
	if err != nil {
		return o.ChannelFailed(ctx, channel, err)
	}
	if o.JSON {
		return o.Record(a)
	}
	c, w := a.GetChannel(), o.Words.Orders
	if a.GetWasPaused() {
		o.Line(w.Resumed, c.GetId())
	} else {
		o.Line(w.NotPaused, c.GetId())
	}
	if c.GetState() != controlv1.ChannelState_CHANNEL_STATE_OK && c.GetState() != controlv1.ChannelState_CHANNEL_STATE_PAUSED {
		o.Line("%s", cmp.Or(whyNot(o, c), stateWord(o, c.GetState())))
	}
	stillWait(o, c)
	return nil
}

// stillWait says what waits in a channel, and what its messages have left.
func stillWait(o operate.Operator, c *controlv1.Channel) {
	w := o.Words.Status
	if c.GetWaiting() == 0 {
		return
	}
	text := fmt.Sprintf(w.Wait, o.Count(c.GetWaiting(), w.Message), cmp.Or(o.Since(c.GetOldest()), "?"))
	if c.GetFirstEnds() != nil {
		text += "; " + fmt.Sprintf(w.FirstEnds, o.Until(c.GetFirstEnds()))
	}
	o.Line("%s", text)
}

// Check asks the network about credentials and webhook of a channel, and changes nothing. What is not as it has to be, and an
// answer that did not come, are an [exit.Error] of their own; what nobody can ask for is none.
func Check(ctx context.Context, o operate.Operator, channel string) error {
	a, err := api.Ask(ctx, api.NetworkWithin, o.Channels.CheckChannel, &controlv1.CheckChannelRequest{Channel: channel})
	if err != nil {
		return o.ChannelFailed(ctx, channel, err)
	}
	good := true
	for _, f := range a.GetFindings() {
		good = good && f.GetGood()
	}
	if o.JSON {
		err = o.Record(a)
	} else {
		o.Table(findings(o, a.GetFindings()))
	}
	if err == nil && !good {
		err = exit.With(exit.NeedsYou, "")
	}
	return err
}

// findings are what a network said, a line each.
func findings(o operate.Operator, all []*controlv1.Finding) render.Table {
	t := render.Table{Columns: []render.Column{{}, {Colour: verdictColour(o)}, {}}}
	for _, f := range all {
		t.Add(cmp.Or(o.Words.Orders.What[f.GetWhat()], f.GetWhat()), verdict(o, f), o.Words.Language.Of(f.GetEn(), f.GetEs()))
	}
	return t
}

// verdict is a finding in one word.
func verdict(o operate.Operator, f *controlv1.Finding) string {
	switch w := o.Words.Orders; {
	case f.GetUnknown():
		return w.NotKnown
	case f.GetGood():
		return w.Good
	default:
		return w.NotGood
	}
}

// verdictColour is that of a verdict.
func verdictColour(o operate.Operator) func(cell string) render.Colour {
	return func(cell string) render.Colour {
		switch cell {
		case o.Words.Orders.Good:
			return render.Green
		case o.Words.Orders.NotKnown:
			return render.Faint
		default:
			return render.Red
		}
	}
}
