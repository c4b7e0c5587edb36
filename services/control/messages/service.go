package messages

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/contact"
	"github.com/bonychat/puente/services/control/history"
	"github.com/bonychat/puente/services/control/standing"
)

// Service is the MessageService.
type Service struct {
	controlv1connect.UnimplementedMessageServiceHandler
	// History is what is asked. Required, and so is Bus.
	History *history.History
	Bus     *bus.Bus
	// Contacts are looked up to show the last characters of an address; nil shows none.
	Contacts contact.Book
	// TraceURL is the page of a trace; nil, or "", for none.
	TraceURL func(id string) string

	watches atomic.Int64 // that are open
}

var errTooMany = errors.New("too many watches are open")

// Where implements the API.
func (s *Service) Where(ctx context.Context, r *connect.Request[controlv1.WhereRequest]) (*connect.Response[controlv1.WhereResponse], error) {
	q := history.Query{Text: r.Msg.GetQuery(), Channel: r.Msg.GetChannel(), Limit: int(min(r.Msg.GetLimit(), 100))}
	if q.Limit == 0 {
		q.Limit = 20
	}
	if r.Msg.GetSince() != nil {
		q.Since = r.Msg.GetSince().AsTime()
	}
	found, err := s.History.Find(ctx, s.Bus, q)
	if err != nil {
		return nil, s.errorOf(ctx, err)
	}
	s.complete(ctx, found.Messages)
	answer := &controlv1.WhereResponse{Match: found.Match, More: found.More}
	for _, m := range found.Messages {
		if m.GetContact() == "" && found.Match == controlv1.Match_MATCH_CONTACT && !strings.HasPrefix(m.ContactKey, strings.ToLower(q.Text)) {
			m.Contact = contact.Shortened(q.Text) // who asks knows it
		}
		answer.Messages = append(answer.Messages, m.Message)
	}
	if r.Msg.GetNeighbours() && len(found.Messages) == 1 {
		around, err := s.History.Neighbours(ctx, found.Messages[0])
		if err != nil {
			return nil, s.errorOf(ctx, err)
		}
		s.complete(ctx, around)
		for _, m := range around {
			answer.Neighbours = append(answer.Neighbours, m.Message)
		}
	}
	return connect.NewResponse(answer), nil
}

// ListMessages implements the API.
func (s *Service) ListMessages(ctx context.Context, r *connect.Request[controlv1.ListMessagesRequest]) (*connect.Response[controlv1.ListMessagesResponse], error) {
	page, next, err := s.History.List(ctx, r.Msg)
	if err != nil {
		return nil, s.errorOf(ctx, err)
	}
	s.complete(ctx, page)
	answer := &controlv1.ListMessagesResponse{NextPageToken: next}
	for _, m := range page {
		answer.Messages = append(answer.Messages, m.Message)
	}
	return connect.NewResponse(answer), nil
}

// errorOf is an error of the history with its code.
func (s *Service) errorOf(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, history.ErrPageToken):
		return connect.NewError(connect.CodeInvalidArgument, errors.New("page_token: is none that this list gave out; begin with the first page"))
	case errors.Is(err, history.ErrNotFound):
		return connect.NewError(connect.CodeNotFound, errors.New("no message is known by that"))
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return connect.NewError(connect.CodeDeadlineExceeded, errors.New("the history was asked for more than can be found in time: ask for a channel, or a shorter time"))
	}
	return err
}

// complete adds to messages what the history does not know. Nothing of it is needed: where nobody answers in time it is
// left out.
func (s *Service) complete(ctx context.Context, all []history.Message) {
	plain := make([]*controlv1.Message, len(all))
	for i, m := range all {
		plain[i] = m.Message
	}
	standing.Ask(ctx, s.Bus, plain)
	s.whose(ctx, all)
	if s.TraceURL == nil {
		return
	}
	for _, m := range all {
		m.TraceUrl = s.TraceURL(m.GetTraceId())
	}
}

// whose adds the contacts' keys, and the ends of their addresses.
func (s *Service) whose(ctx context.Context, all []history.Message) {
	of := make([]contact.Of, len(all))
	for i, m := range all {
		of[i] = contact.Of{Channel: m.GetChannel(), Key: m.ContactKey}
		m.Message.ContactKey = m.ContactKey
	}
	known := s.Contacts.Look(ctx, of)
	for i, m := range all {
		m.Contact = known[of[i]]
	}
}
