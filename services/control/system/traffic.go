package system

import (
	"context"
	"time"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Traffic implements the API.
func (s *Service) Traffic(ctx context.Context, r *connect.Request[controlv1.TrafficRequest]) (*connect.Response[controlv1.TrafficResponse], error) {
	within := time.Duration(r.Msg.GetMinutes()) * time.Minute
	if within == 0 {
		within = time.Hour
	}
	points, step, err := s.History.Traffic(ctx, r.Msg.GetChannel(), within)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.TrafficResponse{Points: points, StepSeconds: step.Seconds()}), nil
}
