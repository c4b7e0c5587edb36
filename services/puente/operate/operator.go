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

// Operator asks a bridge and writes what it answers. Each of its methods is one question or one order; an error is an
// [exit.Error] where the bridge was asked.
type Operator struct {
	*api.Client
	render.Output
}

// failed says why the bridge did not answer, for people.
func (o Operator) failed(err error) error {
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

// ofChannel is failed where a channel was named: it says which there are.
func (o Operator) ofChannel(ctx context.Context, channel string, err error) error {
	if connect.CodeOf(err) != connect.CodeNotFound || channel == "" {
		return o.failed(err)
	}
	a, listed := api.Ask(ctx, api.AnswerWithin, o.Channels.ListChannels, &controlv1.ListChannelsRequest{})
	if listed != nil {
		return o.failed(err)
	}
	var ids []string
	for _, c := range a.GetChannels() {
		ids = append(ids, c.GetId())
	}
	if slices.Contains(ids, channel) { // something else of it is not there
		return o.failed(err)
	}
	return o.noChannel(channel, ids)
}

// noChannel says which channels there are.
func (o Operator) noChannel(channel string, ids []string) error {
	switch len(ids) {
	case 0:
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.NoChannels, channel))
	case 1:
		return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.OneChannel, channel, ids[0]))
	}
	slices.Sort(ids)
	return exit.With(exit.NotFound, fmt.Sprintf(o.Words.Failed.NoChannel, channel, o.list(ids)))
}

// ago is the time so long before now; unset for 0.
func (o Operator) ago(d time.Duration) *timestamppb.Timestamp {
	if d <= 0 {
		return nil
	}
	return timestamppb.New(o.Now.Add(-d))
}
