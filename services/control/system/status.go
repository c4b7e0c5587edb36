package system

import (
	"context"
	"slices"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/channels"
)

// Status implements the API.
func (s *Service) Status(ctx context.Context, _ *connect.Request[controlv1.StatusRequest]) (*connect.Response[controlv1.StatusResponse], error) {
	standing, err := channels.Overview(ctx, s.Bus, "")
	if err != nil {
		return nil, err
	}
	answer := &controlv1.StatusResponse{Channels: uint32(len(standing))}
	var all []*need
	now := time.Now()
	for _, one := range standing {
		c := one.Channel()
		countState(answer, c.GetState())
		answer.MessagesWaiting += c.GetWaiting() + c.GetWaitingPlatform()
		for _, oldest := range []time.Time{one.ToNetwork.Oldest, one.ToPlatform.Oldest} {
			if !oldest.IsZero() && (answer.GetOldest() == nil || oldest.Before(answer.GetOldest().AsTime())) {
				answer.Oldest = stamp(oldest)
			}
		}
		if n := ofChannel(c, now); n != nil {
			all = append(all, n)
		}
	}
	streams, err := s.streams(ctx)
	if err != nil {
		return nil, err
	}
	filling, fill, fullest := ofStreams(streams)
	all = append(all, filling...)
	answer.Fill, answer.Fullest = fill, fullest
	processes, err := s.processes(ctx)
	if err != nil {
		return nil, err
	}
	answer.Processes = uint32(len(processes))
	for _, p := range processes {
		if !slices.Contains(answer.Versions, p.GetVersion()) {
			answer.Versions = append(answer.Versions, p.GetVersion())
		}
	}
	slices.Sort(answer.Versions)
	if n := ofVersions(answer.Versions); n != nil {
		all = append(all, n)
	}
	ended, err := s.History.EndedUntil(ctx, s.Bus)
	if err != nil {
		return nil, err
	}
	answer.EndedUntil = stamp(ended)
	if answer.HistoryBehind, err = s.History.Behind(ctx, s.Bus); err != nil {
		return nil, err
	}
	if n := ofHistory(answer.HistoryBehind); n != nil {
		all = append(all, n)
	}
	failed, err := s.Failures.Setup(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range failed {
		all = append(all, ofFailures(g))
	}
	answer.Needs = sorted(all)
	return connect.NewResponse(answer), nil
}

func countState(answer *controlv1.StatusResponse, s controlv1.ChannelState) {
	switch s {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED:
		answer.Suspended++
	case controlv1.ChannelState_CHANNEL_STATE_PAUSED:
		answer.Paused++
	case controlv1.ChannelState_CHANNEL_STATE_WAITING:
		answer.Waiting++
	case controlv1.ChannelState_CHANNEL_STATE_OK:
		answer.Ok++
	}
}

// refuses says that a stream takes nothing more when it is full.
func refuses(name string) bool {
	declared, ok := topology.Declared(name)
	return ok && declared.Refuse
}
