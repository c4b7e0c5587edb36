package webhooks

import (
	"context"
	"errors"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/backward"
	"github.com/bonychat/puente/services/control/page"
)

// mostRead is how many calls are read for one page: each is a question to the network's service. A page may be short, and not
// the last.
const mostRead = 2000

// ListCalls implements the API.
func (s *Service) ListCalls(ctx context.Context, r *connect.Request[controlv1.ListCallsRequest]) (*connect.Response[controlv1.ListCallsResponse], error) {
	before, err := page.Place(r.Msg.GetPageToken())
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
	answer, size, read := &controlv1.ListCallsResponse{}, page.Size(r.Msg.GetPageSize()), 0
	next, err := backward.Read(ctx, s.Bus, topology.Webhooks(r.Msg.GetNetwork()).Name, subject, before, func(m *bus.Message) error {
		if r.Msg.GetSince() != nil && m.Stored.Before(r.Msg.GetSince().AsTime()) { // it came before it was stored
			return errOlder
		}
		c, ok := open(m)
		switch {
		case !ok || r.Msg.GetSince() != nil && c.time.Before(r.Msg.GetSince().AsTime()) || r.Msg.GetUntil() != nil && !c.time.Before(r.Msg.GetUntil().AsTime()):
			return nil
		case len(answer.Calls) == size || read == mostRead:
			return bus.ErrStop
		}
		read++
		shown, _, err := s.read(ctx, c)
		if err != nil {
			return err
		}
		if !r.Msg.GetUnreadable() || shown.GetUnreadable() > 0 || shown.GetError() != "" {
			answer.Calls = append(answer.Calls, shown)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errOlder) {
		return nil, err
	}
	if err == nil {
		answer.NextPageToken = page.Token(next)
	}
	return connect.NewResponse(answer), nil
}

// errOlder ends a reading: what follows is older than was asked for.
var errOlder = errors.New("older")
