package failures

import (
	"context"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// DiscardFailures implements the API. All letters of a message go together: what is left of one could not be brought back.
// What failed by a receipt has no dead letter, and nothing to discard.
func (s *Service) DiscardFailures(ctx context.Context, r *connect.Request[controlv1.DiscardFailuresRequest]) (*connect.Response[controlv1.DiscardFailuresResponse], error) {
	if err := someOf(r.Msg.GetFilter(), false); err != nil {
		return nil, err
	}
	groups, err := s.groups(ctx, r.Msg.GetFilter())
	if err != nil {
		return nil, err
	}
	answer := &controlv1.DiscardFailuresResponse{}
	for _, g := range groups {
		for _, l := range g.letters {
			if !r.Msg.GetDryRun() {
				if err := s.Bus.Remove(ctx, topology.Dead.Name, l.Sequence); err != nil {
					return nil, err
				}
			}
			answer.Discarded++
		}
	}
	return connect.NewResponse(answer), nil
}
