package messages

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	"github.com/bonychat/puente/services/control/history"
)

// Contacts finds the address that a contact's key stands for. ok is false where it is not known, or must not be read.
type Contacts func(ctx context.Context, channel, key string) (address string, ok bool)

// ContactsOf reads the bucket CONTACTS.
func ContactsOf(b *bus.Bus) Contacts {
	return func(ctx context.Context, channel, key string) (string, bool) {
		address, _, err := kv.Open(b, topology.Contacts).Get(ctx, channel+"."+key)
		return string(address), err == nil
	}
}

// Service is the MessageService.
type Service struct {
	controlv1connect.UnimplementedMessageServiceHandler
	// History is what is asked. Required, and so is Bus.
	History *history.History
	Bus     *bus.Bus
	// Contacts are looked up to show the last characters of an address; nil shows none.
	Contacts Contacts
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
			m.Contact = shortened(q.Text) // who asks knows it
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

// Bounds of what an answer is completed with.
const (
	askWithin    = time.Second // all processes that are asked, together
	mostLooked   = 100         // contacts whose address is looked up
	lookedWithin = time.Second
)

// complete adds to messages what the history does not know. Nothing of it is needed: where nobody answers in time it is
// left out.
func (s *Service) complete(ctx context.Context, all []history.Message) {
	s.askLive(ctx, all)
	s.lookUp(ctx, all)
	if s.TraceURL == nil {
		return
	}
	for _, m := range all {
		m.TraceUrl = s.TraceURL(m.GetTraceId())
	}
}

// lookUp adds the ends of the contacts' addresses.
func (s *Service) lookUp(ctx context.Context, all []history.Message) {
	if s.Contacts == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookedWithin)
	defer cancel()
	type contact struct{ channel, key string }
	known := map[contact]string{}
	for _, m := range all {
		c := contact{m.GetChannel(), m.ContactKey}
		if _, asked := known[c]; !asked {
			if len(known) == mostLooked || ctx.Err() != nil {
				return
			}
			known[c] = ""
			if address, ok := s.Contacts(ctx, c.channel, c.key); ok && c.key != "" {
				known[c] = shortened(address)
			}
		}
		m.Contact = known[c]
	}
}

// shortened is an address as it is shown: its last three characters, and none of a short one.
func shortened(address string) string {
	letters := []rune(strings.TrimSpace(address))
	if len(letters) < 6 {
		return "···"
	}
	return "···" + string(letters[len(letters)-3:])
}

// ask asks who sends for a channel about some of its messages.
func (s *Service) ask(ctx context.Context, far, channel string, ids []string) (*livev1.LaneAnswer, error) {
	answer := &livev1.LaneAnswer{}
	return answer, rpc.Call(ctx, s.Bus, topology.LaneSubject(far, channel), &livev1.LaneQuestion{Ids: ids}, answer)
}
