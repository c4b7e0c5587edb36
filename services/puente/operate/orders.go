package operate

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Pause holds what is to be sent to a channel's network, in order. For is how long; 0 until it is resumed.
func (o Operator) Pause(ctx context.Context, channel string, within time.Duration, reason string) error {
	q := &controlv1.PauseChannelRequest{Channel: channel, Reason: reason}
	if within > 0 {
		q.For = durationpb.New(within)
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.PauseChannel, q)
	if err != nil {
		return o.ofChannel(ctx, channel, err)
	}
	if o.JSON {
		return o.Record(a.GetChannel())
	}
	c, w := a.GetChannel(), o.Words.Orders
	if c.GetUntil() != nil {
		o.Line(w.PausedUntil, c.GetId(), o.Moment(c.GetUntil()))
	} else {
		o.Line(w.Paused, c.GetId())
	}
	o.stillWait(c)
	return nil
}

// Resume ends a pause.
func (o Operator) Resume(ctx context.Context, channel string) error {
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ResumeChannel, &controlv1.ResumeChannelRequest{Channel: channel})
	if err != nil {
		return o.ofChannel(ctx, channel, err)
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
		o.Line("%s", first(o.channelWhy(c), o.channelState(c.GetState())))
	}
	o.stillWait(c)
	return nil
}

// stillWait says what waits in a channel, and what its messages have left.
func (o Operator) stillWait(c *controlv1.Channel) {
	w := o.Words.Status
	if c.GetWaiting() == 0 {
		return
	}
	text := fmt.Sprintf(w.Wait, o.count(c.GetWaiting(), w.Message), first(o.Since(c.GetOldest()), "?"))
	if c.GetFirstEnds() != nil {
		text += "; " + fmt.Sprintf(w.FirstEnds, o.Until(c.GetFirstEnds()))
	}
	o.Line("%s", text)
}

// Check asks the network about credentials and webhook of a channel, and changes nothing. What is not as it has to be, and an
// answer that did not come, are an [exit.Error] of their own; what nobody can ask for is none.
func (o Operator) Check(ctx context.Context, channel string) error {
	a, err := api.Ask(ctx, api.NetworkWithin, o.Channels.CheckChannel, &controlv1.CheckChannelRequest{Channel: channel})
	if err != nil {
		return o.ofChannel(ctx, channel, err)
	}
	good := true
	t := render.Table{Columns: []render.Column{{}, {Colour: o.verdictColour}, {}}}
	for _, f := range a.GetFindings() {
		good = good && f.GetGood()
		t.Add(first(o.Words.Orders.What[f.GetWhat()], f.GetWhat()), o.verdict(f), o.inOur(f.GetEn(), f.GetEs()))
	}
	if o.JSON {
		err = o.Record(a)
	} else {
		o.Table(t)
	}
	if err == nil && !good {
		err = exit.With(exit.NeedsYou, "")
	}
	return err
}

func (o Operator) verdict(f *controlv1.Finding) string {
	switch w := o.Words.Orders; {
	case f.GetUnknown():
		return w.NotKnown
	case f.GetGood():
		return w.Good
	default:
		return w.NotGood
	}
}

func (o Operator) verdictColour(cell string) render.Colour {
	switch cell {
	case o.Words.Orders.Good:
		return render.Green
	case o.Words.Orders.NotKnown:
		return render.Faint
	default:
		return render.Red
	}
}
