package channels

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/draft"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Changer changes channels in the configuration file of this process, as a [draft.Editor] does, and has the file read again.
type Changer interface {
	Look(id string) (draft.Standing, error)
	Change(draft.Change) (written []string, err error)
	Remove(id, version string) (written []string, err error)
}

// GetSetup implements the API.
func (s *Service) GetSetup(ctx context.Context, r *connect.Request[controlv1.GetSetupRequest]) (*connect.Response[controlv1.GetSetupResponse], error) {
	is, networks, err := s.standing(ctx, r.Msg.GetChannel())
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&controlv1.GetSetupResponse{
		Draft: &controlv1.Draft{
			Id: is.ID, Network: is.Network, ContactId: string(is.ContactID), WebhookUrl: is.Platform.WebhookURL, Locale: string(is.Locale), Account: is.AsTyped(networks),
		},
		Secrets: is.Secrets(networks), Version: is.Version,
	}), nil
}

// ChangeChannel implements the API.
func (s *Service) ChangeChannel(ctx context.Context, r *connect.Request[controlv1.ChangeChannelRequest]) (*connect.Response[controlv1.ChangeChannelResponse], error) {
	if !r.Msg.GetDryRun() {
		if err := s.writable(s.Changer != nil); err != nil {
			return nil, err
		}
	}
	p, c, is, err := s.plan(ctx, r.Msg.GetDraft(), r.Msg.GetWithout(), r.Msg.GetVersion())
	if err != nil {
		return nil, err
	}
	if is.Version != r.Msg.GetVersion() && !(r.Msg.GetDryRun() && r.Msg.GetVersion() == "") {
		return nil, unwritten(draft.ErrChanged)
	}
	answer := &controlv1.ChangeChannelResponse{Mistakes: shownMistakes(p.Mistakes)}
	if len(p.Mistakes) > 0 {
		return connect.NewResponse(answer), nil
	}
	for _, d := range p.Differences {
		answer.Changes = append(answer.Changes, &controlv1.SettingChange{Field: d.Field, Before: d.Before, After: d.After, Secret: d.Secret, Gone: d.Gone})
	}
	if account := p.Account.Reveal(); !r.Msg.GetUnasked() && !bytes.Equal(account, is.Account.Reveal()) && len(p.Differences) > 0 {
		answer.Findings = s.try(ctx, is.Network, is.ID, account)
	}
	if r.Msg.GetDryRun() {
		answer.Text, answer.Files = p.Text, shownFiles(p.Files)
		return connect.NewResponse(answer), nil
	}
	if stop(answer.GetFindings()) || len(p.Differences) == 0 {
		return connect.NewResponse(answer), nil
	}
	if answer.Written, err = s.Changer.Change(c); err != nil {
		return nil, unwritten(err)
	}
	return connect.NewResponse(answer), nil
}

// RemoveChannel implements the API.
func (s *Service) RemoveChannel(_ context.Context, r *connect.Request[controlv1.RemoveChannelRequest]) (*connect.Response[controlv1.RemoveChannelResponse], error) {
	if err := s.writable(s.Changer != nil); err != nil {
		return nil, err
	}
	written, err := s.Changer.Remove(r.Msg.GetChannel(), r.Msg.GetVersion())
	if err != nil {
		return nil, unwritten(err)
	}
	return connect.NewResponse(&controlv1.RemoveChannelResponse{Written: written}), nil
}

// plan is what a change comes to that was typed, and what it is a change of.
func (s *Service) plan(ctx context.Context, from *controlv1.Draft, without []string, version string) (p draft.Plan, c draft.Change, is draft.Standing, err error) {
	is, networks, err := s.standing(ctx, from.GetId())
	if err != nil {
		return p, c, is, err
	}
	if n := from.GetNetwork(); n != "" && n != is.Network {
		return p, c, is, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("draft.network: the channel is of %s, and a channel stays of its network", is.Network))
	}
	c = draft.Change{Channel: typed(from), Without: without, Version: version}
	return is.Plan(c, networks), c, is, nil
}

// standing is how a channel is set up: as the file has it where this process writes it, else as it was applied.
func (s *Service) standing(ctx context.Context, id string) (is draft.Standing, networks []config.Network, err error) {
	if networks, err = s.networks(ctx); err != nil {
		return is, nil, err
	}
	if s.Changer != nil {
		if is, err = s.Changer.Look(id); errors.Is(err, draft.ErrGone) {
			err = fmt.Errorf("channel: there is no channel %.64q in the file: %w", id, err)
		}
		if err != nil {
			return is, nil, unwritten(err)
		}
		return is, networks, nil
	}
	c, err := s.settings(ctx, id)
	if err != nil {
		return is, nil, err
	}
	var platform struct {
		WebhookURL string `json:"webhook_url"`
		APIToken   string `json:"api_token"`
	}
	if err := s.account(ctx, topology.Platform, c.ID, &platform); err != nil {
		return is, nil, err
	}
	account, err := directory.Account(ctx, s.Bus, c.Network, c.ID)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return is, nil, err
	}
	is.Channel = config.Channel{
		ID: c.ID, Network: c.Network, ContactID: customchannel.IDType(c.ContactID), Uncertain: config.Uncertain(c.Uncertain), Locale: c.Language(),
		Platform: config.Platform{WebhookURL: platform.WebhookURL, APIToken: secret.Hide(platform.APIToken)}, Account: secret.Hide(json.RawMessage(account)),
	}
	return is, networks, nil
}
