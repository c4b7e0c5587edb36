package channels

import (
	"context"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// GetChannel implements the API.
func (s *Service) GetChannel(ctx context.Context, r *connect.Request[controlv1.GetChannelRequest]) (*connect.Response[controlv1.GetChannelResponse], error) {
	c, err := s.settings(ctx, r.Msg.GetChannel())
	if err != nil {
		return nil, err
	}
	shown, standing, err := s.one(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	live := standing.ToNetwork.Live
	answer := &controlv1.GetChannelResponse{Channel: shown, PerSecond: live.GetPerSecond(), Tokens: live.GetTokens()}
	for _, w := range live.GetReasons() {
		answer.Waiting = append(answer.Waiting, &controlv1.WaitingGroup{Why: w.GetWhy(), Messages: w.GetMessages(), Contacts: w.GetContacts(), NextTry: w.GetNextTry()})
	}
	if answer.Settings, err = s.shownSettings(ctx, c); err != nil {
		return nil, err
	}
	if answer.History, err = s.History.ChannelEvents(ctx, c.ID); err != nil {
		return nil, err
	}
	return connect.NewResponse(answer), nil
}
