package channels

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/draft"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/secret"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Adder writes channels into the configuration file of this process.
type Adder interface {
	// Addable is nil where the file may be written.
	Addable() error
	// Add writes a channel, as [draft.Add] does, and has the file read again.
	Add(draft.Channel) (written []string, err error)
}

// DraftChannel implements the API.
func (s *Service) DraftChannel(ctx context.Context, r *connect.Request[controlv1.DraftChannelRequest]) (*connect.Response[controlv1.DraftChannelResponse], error) {
	d, networks, mistakes, err := s.draft(ctx, r.Msg.GetDraft())
	if err != nil {
		return nil, err
	}
	answer := &controlv1.DraftChannelResponse{Mistakes: mistakes}
	text, files := d.Text(networks)
	answer.Text = text
	for _, f := range files {
		answer.Files = append(answer.Files, &controlv1.SecretFile{Path: f.Path, Field: f.Field})
	}
	return connect.NewResponse(answer), nil
}

// AddChannel implements the API.
func (s *Service) AddChannel(ctx context.Context, r *connect.Request[controlv1.AddChannelRequest]) (*connect.Response[controlv1.AddChannelResponse], error) {
	switch {
	case s.Adder == nil && s.Source == "":
		return nil, connect.NewError(connect.CodeFailedPrecondition, errors.New("this process reads no file of channels: add it to the file that puente apply reads"))
	case s.Adder == nil:
		return nil, connect.NewError(connect.CodeFailedPrecondition, fmt.Errorf("the channels of this bridge are those of %s, which cannot be written", s.Source))
	}
	d, _, mistakes, err := s.draft(ctx, r.Msg.GetDraft())
	if err != nil {
		return nil, err
	}
	if len(mistakes) > 0 {
		return connect.NewResponse(&controlv1.AddChannelResponse{Mistakes: mistakes}), nil
	}
	written, err := s.Adder.Add(d)
	if errors.Is(err, draft.ErrTaken) {
		return nil, connect.NewError(connect.CodeAlreadyExists, err)
	}
	if wrong, ok := errors.AsType[yamlfile.Mistakes](err); ok {
		return nil, connect.NewError(connect.CodeFailedPrecondition, fmt.Errorf("the file would not be right: %w", wrong))
	}
	if err != nil {
		return nil, connect.NewError(connect.CodeFailedPrecondition, err)
	}
	return connect.NewResponse(&controlv1.AddChannelResponse{Written: written}), nil
}

// draft is a channel as it was typed, and what is wrong with it. That its id is another's is, that its token is would tell whoever
// guesses.
func (s *Service) draft(ctx context.Context, typed *controlv1.Draft) (d draft.Channel, networks []config.Network, mistakes []*controlv1.Mistake, err error) {
	if networks, err = s.networks(ctx); err != nil {
		return d, nil, nil, err
	}
	d = draft.Channel{
		ID: typed.GetId(), Network: typed.GetNetwork(), ContactID: typed.GetContactId(), WebhookURL: typed.GetWebhookUrl(), Locale: typed.GetLocale(),
		APIToken: secret.Hide(typed.GetApiToken()), Account: map[string]secret.Text{},
	}
	for name, value := range typed.GetAccount() {
		if value != "" {
			d.Account[name] = secret.Hide(value)
		}
	}
	for _, m := range d.Mistakes(networks) {
		mistakes = append(mistakes, &controlv1.Mistake{Field: m.Path, En: m.Message, Es: spanish(m.Message)})
	}
	if !slices.ContainsFunc(mistakes, func(m *controlv1.Mistake) bool { return m.GetField() == "id" }) {
		switch _, err := directory.Find(ctx, s.Bus, d.ID); {
		case err == nil:
			mistakes = append([]*controlv1.Mistake{{Field: "id", En: "a channel of this id is there already", Es: "ya hay un canal con este id"}}, mistakes...)
		case !isNotFound(err):
			return d, nil, nil, err
		}
	}
	return d, networks, mistakes, nil
}
