// Package calls is what an operator asks about the calls of networks: those that are stored, which today's decoder can read again,
// and those that were refused at the door.
//
//	err := calls.List(ctx, op, calls.Options{Network: "telegram", Limit: 100})
package calls

import (
	"context"
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Options say which calls are meant.
type Options struct {
	// Network or Channel; neither for all networks that have channels.
	Network, Channel string
	// Since and Until say how long ago they came, at most and at least; 0 for any time.
	Since, Until time.Duration
	// Unreadable leaves out those that today's decoder reads whole.
	Unreadable bool
	// Limit is how many are listed of each network.
	Limit int
}

// networksOf are the networks whose calls are meant: the named one, that of the channel, or all.
func networksOf(ctx context.Context, o operate.Operator, opt Options) ([]string, error) {
	if opt.Network != "" {
		return []string{opt.Network}, nil
	}
	a, err := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{})
	if err != nil {
		return nil, o.Failed(err)
	}
	var networks, ids []string
	for _, c := range a.GetChannels() {
		ids = append(ids, c.GetId())
		if opt.Channel == "" || c.GetId() == opt.Channel {
			networks = append(networks, c.GetNetwork())
		}
	}
	if opt.Channel != "" && len(networks) == 0 {
		return nil, o.NoChannel(opt.Channel, ids)
	}
	slices.Sort(networks)
	return slices.Compact(networks), nil
}

// List lists stored calls as today's decoder reads them, the newest first.
func List(ctx context.Context, o operate.Operator, opt Options) error {
	networks, err := networksOf(ctx, o, opt)
	if err != nil {
		return err
	}
	h := o.Words.Heads
	t := render.Table{Columns: []render.Column{
		{Head: h.Number, Right: true}, {Head: h.Time}, {Head: h.Network}, {Head: h.Channel}, {Head: h.Bytes, Right: true, Spare: 3}, {Head: h.Messages, Right: true},
		{Head: h.Known, Right: true, Spare: 1}, {Head: h.Receipts, Right: true, Spare: 2}, {Head: h.Unreadable, Right: true}, {Head: h.Why},
	}}
	more := false
	for _, network := range networks {
		a, err := api.Ask(ctx, api.NetworkWithin, o.Webhooks.ListCalls, &controlv1.ListCallsRequest{
			Network: network, Channel: opt.Channel, Since: o.Ago(opt.Since), Until: o.Ago(opt.Until), Unreadable: opt.Unreadable, PageSize: uint32(opt.Limit),
		})
		if err != nil {
			return o.ChannelFailed(ctx, opt.Channel, err)
		}
		for _, c := range a.GetCalls() {
			if o.JSON {
				if err := o.Record(c); err != nil {
					return err
				}
			}
			t.Add(render.Number(c.GetNumber()), o.Clock(c.GetTime()), c.GetNetwork(), c.GetChannel(), render.Number(c.GetSize()), render.Number(uint64(c.GetMessages())),
				render.Number(uint64(c.GetKnown())), render.Number(uint64(c.GetReceipts())), render.Number(uint64(c.GetUnreadable())), c.GetError())
		}
		more = more || a.GetNextPageToken() != ""
	}
	if !o.JSON {
		if t.Len() == 0 {
			o.Line("%s", o.Words.Calls.None)
		}
		o.Table(t)
	}
	if more {
		o.Note(o.Words.Calls.More, opt.Limit)
	}
	return nil
}

// Replay has today's decoder read stored calls once more. What is known already is not made twice. Calls that it
// cannot read are an [exit.Error] of its own.
func Replay(ctx context.Context, o operate.Operator, opt Options, dryRun bool, because string) error {
	networks, err := networksOf(ctx, o, opt)
	if err != nil {
		return err
	}
	sum := &controlv1.ReplayCallsResponse{}
	for _, network := range networks {
		of, err := replayOf(ctx, o, &controlv1.ReplayCallsRequest{
			Network: network, Channel: opt.Channel, Since: o.Ago(opt.Since), Until: o.Ago(opt.Until), DryRun: dryRun, Reason: because,
		})
		if err != nil {
			return err
		}
		sum.Calls += of.GetCalls()
		sum.NewMessages += of.GetNewMessages()
		sum.KnownMessages += of.GetKnownMessages()
		sum.Receipts += of.GetReceipts()
		sum.ReadableNow += of.GetReadableNow()
		sum.Unreadable += of.GetUnreadable()
		sum.Done = true
	}
	w := o.Words.Calls
	if o.JSON {
		err = o.Record(sum)
	} else {
		o.Line(w.Sum, o.Count(sum.GetCalls(), w.Call), sum.GetNewMessages(), sum.GetKnownMessages(), sum.GetReceipts(), sum.GetReadableNow(), sum.GetUnreadable())
		if dryRun {
			o.Line("%s", o.Words.Replay.Nothing)
		}
	}
	if err == nil && sum.GetUnreadable() > 0 {
		err = exit.With(exit.NeedsYou, "")
	}
	return err
}

// replayOf does it for one network.
func replayOf(ctx context.Context, o operate.Operator, q *controlv1.ReplayCallsRequest) (*controlv1.ReplayCallsResponse, error) {
	stream, err := o.Webhooks.ReplayCalls(ctx, connect.NewRequest(q))
	if err != nil {
		return nil, o.Failed(err)
	}
	defer stream.Close()
	last := &controlv1.ReplayCallsResponse{}
	for stream.Receive() {
		last = stream.Msg()
		o.Progress(o.Words.Calls.SoFar, q.GetNetwork(), last.GetCalls())
	}
	o.Progress("")
	switch err := stream.Err(); {
	case err != nil && ctx.Err() == nil:
		return nil, o.ChannelFailed(ctx, q.GetChannel(), err)
	case err != nil || !last.GetDone():
		return nil, exit.With(exit.Failed, fmt.Sprintf(o.Words.Calls.Interrupted, last.GetCalls()))
	}
	return last, nil
}
