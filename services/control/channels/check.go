package channels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// checkWithin is how long a network may take to say how a channel is set up: its client gives up after a minute.
const checkWithin = 75 * time.Second

// CheckChannel implements the API.
func (s *Service) CheckChannel(ctx context.Context, r *connect.Request[controlv1.CheckChannelRequest]) (*connect.Response[controlv1.CheckChannelResponse], error) {
	findings, err := s.check(ctx, r.Msg.GetChannel(), false)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.CheckChannelResponse{Findings: findings}), nil
}

// RegisterChannel implements the API.
func (s *Service) RegisterChannel(ctx context.Context, r *connect.Request[controlv1.RegisterChannelRequest]) (*connect.Response[controlv1.RegisterChannelResponse], error) {
	findings, err := s.check(ctx, r.Msg.GetChannel(), true)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.RegisterChannelResponse{Findings: findings}), nil
}

// check has the network's service ask the network.
func (s *Service) check(ctx context.Context, channel string, register bool) ([]*controlv1.Finding, error) {
	c, err := s.settings(ctx, channel)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	answer := &livev1.CheckAnswer{}
	err = rpc.Call(ctx, s.Bus, topology.CheckSubject(c.Network), &livev1.CheckQuestion{Channel: c.ID, Register: register}, answer)
	switch {
	case errors.Is(err, rpc.ErrNobody):
		return nil, connect.NewError(connect.CodeUnavailable, fmt.Errorf("no service of the network %s answers", c.Network))
	case errors.Is(err, rpc.ErrRefused):
		return nil, connect.NewError(connect.CodeFailedPrecondition, err)
	case err != nil:
		return nil, err
	}
	return shownFindings(answer.GetFindings()), nil
}
