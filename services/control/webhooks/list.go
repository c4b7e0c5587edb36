package webhooks

import (
	"context"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/page"
)

// mostRead is how many calls are read for one page: each is a question to the network's service. A page may be short, and not
// the last.
const mostRead = 2000

// ListCalls implements the API.
func (s *Service) ListCalls(ctx context.Context, r *connect.Request[controlv1.ListCallsRequest]) (*connect.Response[controlv1.ListCallsResponse], error) {
	from, err := page.Place(r.Msg.GetPageToken())
	if err != nil {
		return nil, err
	}
	subject, err := filter(r.Msg.GetNetwork(), r.Msg.GetChannel())
	if err != nil {
		return nil, err
	}
	if err := s.there(ctx, r.Msg.GetNetwork()); err != nil {
		return nil, err
	}
	stream := topology.Webhooks(r.Msg.GetNetwork()).Name
	state, err := s.Bus.State(ctx, stream)
	if err != nil {
		return nil, err
	}
	answer, size, read := &controlv1.ListCallsResponse{}, page.Size(r.Msg.GetPageSize()), 0
	err = s.Bus.Between(ctx, stream, subject, max(from, state.First), state.Last, func(m *bus.Message) error {
		c, ok := open(m)
		switch {
		case !ok || r.Msg.GetSince() != nil && c.time.Before(r.Msg.GetSince().AsTime()):
			return nil
		case r.Msg.GetUntil() != nil && !c.time.Before(r.Msg.GetUntil().AsTime()):
			return bus.ErrStop
		case len(answer.Calls) == size || read == mostRead:
			answer.NextPageToken = page.Token(m.Sequence)
			return bus.ErrStop
		}
		read++
		shown, err := s.read(ctx, c)
		if err != nil {
			return err
		}
		if !r.Msg.GetUnreadable() || shown.GetUnreadable() > 0 || shown.GetError() != "" {
			answer.Calls = append(answer.Calls, shown)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(answer), nil
}
