package system

import (
	"context"
	"errors"
	"slices"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Streams implements the API.
func (s *Service) Streams(ctx context.Context, _ *connect.Request[controlv1.StreamsRequest]) (*connect.Response[controlv1.StreamsResponse], error) {
	all, err := s.streams(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		declared, ok := topology.Declared(one.GetName())
		if !ok {
			continue
		}
		differs, err := provision.Verify(ctx, s.Bus, declared)
		if errors.Is(err, provision.ErrUnfit) {
			differs, err = append(differs, err.Error()), nil
		}
		if err != nil {
			return nil, err
		}
		one.Differs = differs
	}
	return connect.NewResponse(&controlv1.StreamsResponse{Streams: all}), nil
}

// streams are all streams and buckets there are, by name, without what differs.
func (s *Service) streams(ctx context.Context) (all []*controlv1.Stream, err error) {
	names, err := s.Bus.StreamNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range topology.Buckets() {
		names = append(names, topology.BucketStream+b.Name)
	}
	slices.Sort(names)
	for _, name := range names {
		state, err := s.Bus.State(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, &controlv1.Stream{
			Name: name, Description: topology.Purpose(name), Messages: state.Messages, Bytes: state.Bytes, Limit: uint64(state.MaxBytes), Oldest: stamp(state.FirstTime),
		})
	}
	return all, nil
}
