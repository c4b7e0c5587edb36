package operate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Operator is who asks a bridge, and where what it answers is written. It is for one goroutine at a time.
type Operator struct {
	*api.Client
	render.Output
}

// Failed says why the bridge did not answer, for people: an [exit.Error] where the bridge was asked, else the error itself.
func (o Operator) Failed(err error) error {
	w := o.Words.Failed
	e, ok := errors.AsType[*connect.Error](err)
	if !ok {
		return err
	}
	switch e.Code() {
	case connect.CodeUnauthenticated:
		return exit.With(exit.Failed, fmt.Sprintf(w.Unknown, o.Place.URL))
	case connect.CodePermissionDenied:
		return exit.With(exit.Failed, fmt.Sprintf(w.Forbidden, e.Message()))
	case connect.CodeNotFound:
		return exit.With(exit.NotFound, fmt.Sprintf(w.Refused, e.Message()))
	case connect.CodeInvalidArgument:
		return exit.With(exit.Usage, fmt.Sprintf(w.Refused, e.Message()))
	case connect.CodeCanceled:
		return exit.With(exit.Failed, w.Interrupted)
	case connect.CodeDeadlineExceeded:
		return exit.With(exit.Failed, fmt.Sprintf(w.TooLate, o.Place.URL))
	case connect.CodeUnimplemented:
		return exit.With(exit.Failed, fmt.Sprintf(w.Older, o.Place.URL))
	case connect.CodeUnavailable:
		if !connect.IsWireError(err) {
			return exit.With(exit.Failed, fmt.Sprintf(w.NoAnswer, o.Place.URL, e.Message()))
		}
	}
	return exit.With(exit.Failed, fmt.Sprintf(w.Refused, e.Message()))
}

// ChannelFailed is Failed where a channel was named, or none with "": where there is no such channel it says which there are.
func (o Operator) ChannelFailed(ctx context.Context, channel string, err error) error {
	if connect.CodeOf(err) != connect.CodeNotFound || channel == "" {
		return o.Failed(err)
	}
	a, listed := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{})
	if listed != nil {
		return o.Failed(err)
	}
	var ids []string
	for _, c := range a.GetChannels() {
		ids = append(ids, c.GetId())
	}
	if slices.Contains(ids, channel) { // something else of it is not there
		return o.Failed(err)
	}
	return o.NoChannel(channel, ids)
}

// NoChannel is an [exit.Error] that says which channels there are instead.
func (o Operator) NoChannel(channel string, ids []string) error {
	switch len(ids) {
	case 0:
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.NoChannels, channel))
	case 1:
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.OneChannel, channel, ids[0]))
	}
	slices.Sort(ids)
	return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.NoChannel, channel, o.List(ids)))
}

// Ago is the time so long before now, as a request takes it; unset for 0.
func (o Operator) Ago(d time.Duration) *timestamppb.Timestamp {
	if d <= 0 {
		return nil
	}
	return timestamppb.New(o.Now.Add(-d))
}
