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
	if r.Msg.GetThere() {
		p, _, _, err := s.plan(ctx, r.Msg.GetDraft(), r.Msg.GetWithout(), "")
		if err != nil {
			return nil, err
		}
		return connect.NewResponse(&controlv1.DraftChannelResponse{Mistakes: shownMistakes(p.Mistakes)}), nil
	}
	d, networks, mistakes, err := s.draft(ctx, r.Msg.GetDraft())
	if err != nil {
		return nil, err
	}
	answer := &controlv1.DraftChannelResponse{Mistakes: mistakes}
	text, files := d.Text(networks)
	answer.Text = text
	answer.Files = shownFiles(files)
	return connect.NewResponse(answer), nil
}

// shownFiles are files of secrets without what they hold.
func shownFiles(files []draft.SecretFile) (shown []*controlv1.SecretFile) {
	for _, f := range files {
		shown = append(shown, &controlv1.SecretFile{Path: f.Path, Field: f.Field})
	}
	return shown
}

// AddChannel implements the API.
func (s *Service) AddChannel(ctx context.Context, r *connect.Request[controlv1.AddChannelRequest]) (*connect.Response[controlv1.AddChannelResponse], error) {
	if err := s.writable(s.Adder != nil); err != nil {
		return nil, err
	}
	d, networks, mistakes, err := s.draft(ctx, r.Msg.GetDraft())
	if err != nil {
		return nil, err
	}
	answer := &controlv1.AddChannelResponse{Mistakes: mistakes}
	if len(mistakes) > 0 {
		return connect.NewResponse(answer), nil
	}
	if !r.Msg.GetUnasked() {
		if answer.Findings = s.try(ctx, d.Network, d.ID, d.Reveal(networks)); stop(answer.GetFindings()) {
			return connect.NewResponse(answer), nil
		}
	}
	if answer.Written, err = s.Adder.Add(d); err != nil {
		return nil, unwritten(err)
	}
	return connect.NewResponse(answer), nil
}

// writable says that this process writes the file of the channels.
func (s *Service) writable(is bool) error {
	switch {
	case is:
		return nil
	case s.Source == "":
		return connect.NewError(connect.CodeFailedPrecondition, errors.New("this process reads no file of channels: write it into the file that puente apply reads"))
	default:
		return connect.NewError(connect.CodeFailedPrecondition, fmt.Errorf("the channels of this bridge are those of %s, which cannot be written", s.Source))
	}
}

// unwritten is why nothing was written, with its code.
func unwritten(err error) error {
	code := connect.CodeFailedPrecondition
	switch {
	case errors.Is(err, draft.ErrTaken):
		code = connect.CodeAlreadyExists
	case errors.Is(err, draft.ErrGone):
		code = connect.CodeNotFound
	case errors.Is(err, draft.ErrChanged):
		code = connect.CodeAborted
	}
	if wrong, ok := errors.AsType[yamlfile.Mistakes](err); ok {
		err = fmt.Errorf("the file would not be right: %w", wrong)
	}
	return connect.NewError(code, err)
}

// typed is a channel as it was typed.
func typed(from *controlv1.Draft) draft.Channel {
	d := draft.Channel{
		ID: from.GetId(), Network: from.GetNetwork(), ContactID: from.GetContactId(), WebhookURL: from.GetWebhookUrl(), Locale: from.GetLocale(),
		APIToken: secret.Hide(from.GetApiToken()), Account: map[string]secret.Text{},
	}
	for name, value := range from.GetAccount() {
		if value != "" {
			d.Account[name] = secret.Hide(value)
		}
	}
	return d
}

// shownMistakes are mistakes as the API tells them.
func shownMistakes(all []yamlfile.Mistake) (shown []*controlv1.Mistake) {
	for _, m := range all {
		shown = append(shown, &controlv1.Mistake{Field: m.Path, En: m.Message, Es: spanish(m.Message)})
	}
	return shown
}

// draft is a channel as it was typed, and what is wrong with it. That its id is another's is, that its token is would tell whoever
// guesses.
func (s *Service) draft(ctx context.Context, from *controlv1.Draft) (d draft.Channel, networks []config.Network, mistakes []*controlv1.Mistake, err error) {
	if networks, err = s.networks(ctx); err != nil {
		return d, nil, nil, err
	}
	d = typed(from)
	mistakes = shownMistakes(d.Mistakes(networks))
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
