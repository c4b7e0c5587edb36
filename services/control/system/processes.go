package system

import (
	"context"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Processes implements the API.
func (s *Service) Processes(ctx context.Context, _ *connect.Request[controlv1.ProcessesRequest]) (*connect.Response[controlv1.ProcessesResponse], error) {
	all, err := s.processes(ctx)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.ProcessesResponse{Processes: all}), nil
}

// processes are those that run, by service and instance.
func (s *Service) processes(ctx context.Context) (all []*controlv1.Process, err error) {
	here, err := service.Present(ctx, s.Bus)
	if err != nil {
		return nil, err
	}
	leases, err := kv.Open(s.Bus, topology.Leases).All(ctx)
	if err != nil {
		return nil, err
	}
	owned := shard.Owned(leases)
	for _, p := range here {
		all = append(all, &controlv1.Process{
			Service: p.Service, Instance: p.Instance, Version: p.Version, Since: timestamppb.New(p.Since), Shards: uint32(owned[p.Instance]),
		})
	}
	return all, nil
}
