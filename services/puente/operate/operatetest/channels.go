package operatetest

import (
	"context"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

type channels struct{ *Server }

func (s *Server) channel(id string) *controlv1.Channel {
	for _, c := range s.Channels {
		if c.GetId() == id {
			return c
		}
	}
	return nil
}

func (s channels) ListChannels(_ context.Context, r *connect.Request[controlv1.ListChannelsRequest]) (*connect.Response[controlv1.ListChannelsResponse], error) {
	a := &controlv1.ListChannelsResponse{}
	for _, c := range s.Channels {
		if n := r.Msg.GetNetwork(); n != "" && n != c.GetNetwork() || r.Msg.GetTrouble() && c.GetState() == controlv1.ChannelState_CHANNEL_STATE_OK {
			continue
		}
		a.Channels = append(a.Channels, c)
	}
	return answer(a)
}

func (s channels) GetChannel(_ context.Context, r *connect.Request[controlv1.GetChannelRequest]) (*connect.Response[controlv1.GetChannelResponse], error) {
	c := s.channel(r.Msg.GetChannel())
	if c == nil {
		return notFound[controlv1.GetChannelResponse](errChannel)
	}
	a := s.Details
	a.Channel = c
	return answer(a)
}

func (s channels) PauseChannel(_ context.Context, r *connect.Request[controlv1.PauseChannelRequest]) (*connect.Response[controlv1.PauseChannelResponse], error) {
	if s.channel(r.Msg.GetChannel()) == nil {
		return notFound[controlv1.PauseChannelResponse](errChannel)
	}
	was := s.channel(r.Msg.GetChannel()).GetPausedBy() != ""
	if r.Msg.GetChange() && !was {
		return nil, connect.NewError(connect.CodeFailedPrecondition, errPaused)
	}
	c := s.Paused
	c.Id = r.Msg.GetChannel()
	return answer(&controlv1.PauseChannelResponse{Channel: c, WasPaused: was})
}

func (s channels) ResumeChannel(_ context.Context, r *connect.Request[controlv1.ResumeChannelRequest]) (*connect.Response[controlv1.ResumeChannelResponse], error) {
	c := s.channel(r.Msg.GetChannel())
	if c == nil {
		return notFound[controlv1.ResumeChannelResponse](errChannel)
	}
	return answer(&controlv1.ResumeChannelResponse{Channel: c, WasPaused: c.GetPausedBy() != ""})
}

func (s channels) CheckChannel(_ context.Context, r *connect.Request[controlv1.CheckChannelRequest]) (*connect.Response[controlv1.CheckChannelResponse], error) {
	if s.channel(r.Msg.GetChannel()) == nil {
		return notFound[controlv1.CheckChannelResponse](errChannel)
	}
	return answer(&controlv1.CheckChannelResponse{Findings: s.Findings[r.Msg.GetChannel()]})
}

func (s channels) RegisterChannel(_ context.Context, r *connect.Request[controlv1.RegisterChannelRequest]) (*connect.Response[controlv1.RegisterChannelResponse], error) {
	return answer(&controlv1.RegisterChannelResponse{Findings: s.Findings[r.Msg.GetChannel()]})
}

func (s channels) Apply(context.Context, *connect.Request[controlv1.ApplyRequest]) (*connect.Response[controlv1.ApplyResponse], error) {
	return answer(s.Applied)
}

func (s channels) ListNetworks(context.Context, *connect.Request[controlv1.ListNetworksRequest]) (*connect.Response[controlv1.ListNetworksResponse], error) {
	return answer(s.Networks)
}

// mistakes are those of a channel without an id, or of a network without a token.
func mistakes(d *controlv1.Draft) (all []*controlv1.Mistake) {
	if d.GetId() == "" {
		all = append(all, &controlv1.Mistake{Field: "id", En: "is required", Es: "es obligatorio"})
	}
	if d.GetAccount()["token"] == "" && d.GetNetwork() == "telegram" {
		all = append(all, &controlv1.Mistake{Field: "account.token", En: "is required", Es: "es obligatorio"}, &controlv1.Mistake{Field: "account", En: "must be an object"})
	}
	return all
}

func (s channels) DraftChannel(_ context.Context, r *connect.Request[controlv1.DraftChannelRequest]) (*connect.Response[controlv1.DraftChannelResponse], error) {
	if wrong := mistakes(r.Msg.GetDraft()); len(wrong) > 0 {
		return answer(&controlv1.DraftChannelResponse{Mistakes: wrong})
	}
	return answer(s.Drafted)
}

func (s channels) AddChannel(_ context.Context, r *connect.Request[controlv1.AddChannelRequest]) (*connect.Response[controlv1.AddChannelResponse], error) {
	if !s.Networks.GetWritable() {
		return nil, connect.NewError(connect.CodeFailedPrecondition, errWritten)
	}
	a := &controlv1.AddChannelResponse{Mistakes: mistakes(r.Msg.GetDraft())}
	if len(a.GetMistakes()) == 0 && !r.Msg.GetUnasked() {
		a.Findings = s.Tried
	}
	if len(a.GetMistakes()) == 0 && good(a.GetFindings()) {
		a.Written = []string{s.Networks.GetSource()}
	}
	return answer(a)
}

// good says that nothing is wrong with what a network was asked about.
func good(findings []*controlv1.Finding) bool {
	for _, f := range findings {
		if !f.GetGood() {
			return false
		}
	}
	return true
}

func (s channels) TryChannel(_ context.Context, r *connect.Request[controlv1.TryChannelRequest]) (*connect.Response[controlv1.TryChannelResponse], error) {
	return answer(&controlv1.TryChannelResponse{Mistakes: mistakes(r.Msg.GetDraft()), Findings: s.Tried})
}

func (s channels) GetSetup(_ context.Context, r *connect.Request[controlv1.GetSetupRequest]) (*connect.Response[controlv1.GetSetupResponse], error) {
	c := s.channel(r.Msg.GetChannel())
	if c == nil {
		return notFound[controlv1.GetSetupResponse](errChannel)
	}
	a := proto.CloneOf(s.Setup)
	a.Draft.Id, a.Draft.Network = c.GetId(), c.GetNetwork()
	return answer(a)
}

func (s channels) ChangeChannel(_ context.Context, r *connect.Request[controlv1.ChangeChannelRequest]) (*connect.Response[controlv1.ChangeChannelResponse], error) {
	switch {
	case r.Msg.GetVersion() != s.Setup.GetVersion():
		return nil, connect.NewError(connect.CodeAborted, errVersion)
	case !s.Networks.GetWritable() && !r.Msg.GetDryRun():
		return nil, connect.NewError(connect.CodeFailedPrecondition, errWritten)
	}
	a := proto.CloneOf(s.Changed)
	if r.Msg.GetDraft().GetWebhookUrl() == "" {
		a = &controlv1.ChangeChannelResponse{Mistakes: []*controlv1.Mistake{{Field: "platform.webhook_url", En: "is required", Es: "es obligatorio"}}}
		return answer(a)
	}
	if !r.Msg.GetUnasked() {
		a.Findings = s.Tried
	}
	if !r.Msg.GetDryRun() && good(a.GetFindings()) {
		a.Written = []string{s.Networks.GetSource()}
	}
	return answer(a)
}

func (s channels) RemoveChannel(_ context.Context, r *connect.Request[controlv1.RemoveChannelRequest]) (*connect.Response[controlv1.RemoveChannelResponse], error) {
	switch {
	case r.Msg.GetVersion() != s.Setup.GetVersion():
		return nil, connect.NewError(connect.CodeAborted, errVersion)
	case !s.Networks.GetWritable():
		return nil, connect.NewError(connect.CodeFailedPrecondition, errWritten)
	}
	return answer(&controlv1.RemoveChannelResponse{Written: []string{s.Networks.GetSource()}})
}
