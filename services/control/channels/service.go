package channels

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/history"
)

// Service is the ChannelService. Bus and History are required.
type Service struct {
	Bus     *bus.Bus
	History History
	// Source is the file that the channels come from, where this process reads it itself; "" where they are applied.
	Source string
	// Networks are those that a file may name; none has them be what their services have declared.
	Networks []config.Network
	// PublicURL is what networks and the platform call; "" where this process does not know it.
	PublicURL string
	// Adder and Changer write channels into the file; nil where this process reads none.
	Adder   Adder
	Changer Changer
	// Try asks a network about credentials that are no channel's; nil, and what it does not know, has the network's service asked.
	Try Try
}

// History is what is known of the past.
type History interface {
	// Counts are what became of each channel's messages lately, by its id.
	Counts(ctx context.Context) (map[string]history.Counts, error)
	// ChannelEvents are the latest holds of a channel and their ends.
	ChannelEvents(ctx context.Context, channel string) ([]*controlv1.ChannelEvent, error)
}

var _ controlv1connect.ChannelServiceHandler = (*Service)(nil)

// mostListed is how many channels one answer holds.
const mostListed = 100_000

// ListChannels implements the API.
func (s *Service) ListChannels(ctx context.Context, r *connect.Request[controlv1.ListChannelsRequest]) (*connect.Response[controlv1.ListChannelsResponse], error) {
	standing, err := Overview(ctx, s.Bus, r.Msg.GetNetwork())
	if err != nil {
		return nil, err
	}
	counts, err := s.History.Counts(ctx)
	if err != nil {
		return nil, err
	}
	answer := &controlv1.ListChannelsResponse{}
	for _, one := range standing {
		if c := counted(one.Channel(), counts); !r.Msg.GetTrouble() || !well(c) {
			answer.Channels = append(answer.Channels, c)
		}
	}
	slices.SortStableFunc(answer.Channels, func(a, b *controlv1.Channel) int {
		return cmp.Or(cmp.Compare(worst(a), worst(b)), cmp.Compare(a.GetId(), b.GetId()))
	})
	answer.Channels = answer.Channels[:min(len(answer.Channels), mostListed)]
	return connect.NewResponse(answer), nil
}

func worst(c *controlv1.Channel) int { return min(rank(c.GetState()), rank(c.GetPlatformState())) }

func well(c *controlv1.Channel) bool {
	return worst(c) == rank(controlv1.ChannelState_CHANNEL_STATE_OK)
}

// PauseChannel implements the API.
func (s *Service) PauseChannel(ctx context.Context, r *connect.Request[controlv1.PauseChannelRequest]) (*connect.Response[controlv1.PauseChannelResponse], error) {
	c, err := s.settings(ctx, r.Msg.GetChannel())
	if err != nil {
		return nil, err
	}
	p := directory.Pause{Far: c.Network, Channel: c.ID, Reason: r.Msg.GetReason(), By: auth.From(ctx).Name, Since: time.Now()}
	if r.Msg.GetFor() != nil {
		p.Until = p.Since.Add(r.Msg.GetFor().AsDuration())
	}
	_, held, err := directory.Repause(ctx, s.Bus, p, r.Msg.GetChange())
	if errors.Is(err, directory.ErrNotPaused) {
		return nil, connect.NewError(connect.CodeFailedPrecondition, err)
	}
	if err != nil {
		return nil, err
	}
	shown, _, err := s.one(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.PauseChannelResponse{Channel: shown, WasPaused: held}), nil
}

// ResumeChannel implements the API.
func (s *Service) ResumeChannel(ctx context.Context, r *connect.Request[controlv1.ResumeChannelRequest]) (*connect.Response[controlv1.ResumeChannelResponse], error) {
	c, err := s.settings(ctx, r.Msg.GetChannel())
	if err != nil {
		return nil, err
	}
	_, held, err := directory.Resume(ctx, s.Bus, c.Network, c.ID)
	if err != nil {
		return nil, err
	}
	shown, _, err := s.one(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.ResumeChannelResponse{Channel: shown, WasPaused: held}), nil
}

// settings are those of a channel, or an error that names it.
func (s *Service) settings(ctx context.Context, id string) (directory.Channel, error) {
	if !isChannel(id) {
		return directory.Channel{}, connect.NewError(connect.CodeNotFound, fmt.Errorf("channel: there is no channel %.64q", id))
	}
	c, err := directory.Find(ctx, s.Bus, id)
	if isNotFound(err) {
		return c, connect.NewError(connect.CodeNotFound, fmt.Errorf("channel: there is no channel %q", id))
	}
	return c, err
}

// one is how one channel stands.
func (s *Service) one(ctx context.Context, id string) (*controlv1.Channel, *Standing, error) {
	standing, err := Of(ctx, s.Bus, id)
	if err != nil {
		return nil, nil, err
	}
	counts, err := s.History.Counts(ctx)
	if err != nil {
		return nil, nil, err
	}
	return counted(standing.Channel(), counts), standing, nil
}

// counted is a channel with what became of its messages lately.
func counted(c *controlv1.Channel, all map[string]history.Counts) *controlv1.Channel {
	n := all[c.GetId()]
	c.OutLastHour, c.InLastHour, c.FailedLastDay, c.LastIn = n.OutLastHour, n.InLastHour, n.FailedLastDay, stamp(n.LastIn)
	c.ResentLastDay, c.LastSent, c.LastTold = n.ResentLastDay, stamp(n.LastSent), stamp(n.LastTold)
	return c
}
