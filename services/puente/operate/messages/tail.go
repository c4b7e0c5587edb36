package messages

import (
	"cmp"
	"context"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/journey"
	"github.com/bonychat/puente/services/puente/operate"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// watchedLong is after how long a bridge that ends a watch is asked again: it bounds how long one lasts.
const watchedLong = 10 * time.Second

// Tail writes every hop as it happens, until the context ends: of a channel or of all, failures alone or all.
func Tail(ctx context.Context, o operate.Operator, channel string, failed bool) error {
	for {
		began := time.Now()
		err := watch(ctx, o, &controlv1.WatchRequest{Channel: channel, Failed: failed})
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return o.ChannelFailed(ctx, channel, err)
		case time.Since(began) < watchedLong:
			return nil
		}
	}
}

func watch(ctx context.Context, o operate.Operator, q *controlv1.WatchRequest) error {
	stream, err := o.Messages.Watch(ctx, connect.NewRequest(q))
	if err != nil {
		return err
	}
	defer stream.Close()
	for stream.Receive() {
		a := stream.Msg()
		if a.GetLeftOut() > 0 {
			o.Note(o.Words.Tail.LeftOut, a.GetLeftOut())
		}
		h := a.GetHop()
		if h == nil { // a sign of life
			continue
		}
		if o.JSON {
			if err := o.Record(h); err != nil {
				return err
			}
			continue
		}
		tailed(o, h)
	}
	return stream.Err()
}

// tailed writes a hop in one line.
func tailed(o operate.Operator, h *controlv1.Hop) {
	hop, why := hopWord(o, h), hopWhy(o, journey.Line{Hop: h}, 0)
	if why != "" {
		why = "  " + why
	}
	o.Line("%s  %s  %s  %s  %s  %s%s", o.Instant(h.GetTime()), cmp.Or(h.GetChannel(), "-"), cmp.Or(direction(o, h.GetDirection()), "-"), cmp.Or(h.GetId(), "-"),
		o.Mark(o.HopColour(hop), hop), cmp.Or(h.GetService(), "-"), why)
}
