package webhooks

import (
	"context"
	"errors"
	"fmt"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/backward"
	"github.com/bonychat/puente/services/control/shown"
)

// Bounds of what is told of one call.
const (
	mostMessages = 1000
	mostOfCall   = 100 // dead letters
)

// ShowCall implements the API.
func (s *Service) ShowCall(ctx context.Context, r *connect.Request[controlv1.ShowCallRequest]) (*connect.Response[controlv1.ShowCallResponse], error) {
	network, number := r.Msg.GetNetwork(), r.Msg.GetNumber()
	if _, err := filter(network, ""); err != nil {
		return nil, err
	}
	if err := s.there(ctx, network); err != nil {
		return nil, err
	}
	gone := connect.NewError(connect.CodeNotFound, fmt.Errorf("number: there is no call %d of %s any more", number, network))
	m, err := s.Bus.At(ctx, topology.Webhooks(network).Name, number)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	c, ok := open(m)
	if !ok {
		return nil, gone
	}
	answer := &controlv1.ShowCallResponse{}
	one, messages, err := s.read(ctx, c)
	if err != nil {
		return nil, err
	}
	answer.Call = one
	body, err := shown.Call(c.stored)
	if err != nil {
		return nil, err
	}
	answer.Structure, answer.Cut = shown.Structure(body)
	if answer.Messages, err = s.became(ctx, c, messages[:min(len(messages), mostMessages)]); err != nil {
		return nil, err
	}
	answer.Letters, err = s.lettersOf(ctx, c)
	return connect.NewResponse(answer), err
}

// became is what became of the messages of a call.
func (s *Service) became(ctx context.Context, c call, messages []message) (all []*controlv1.CallMessage, err error) {
	at := map[string]*controlv1.CallMessage{}
	var ids []string
	for _, m := range messages {
		one := &controlv1.CallMessage{Id: m.id, Known: m.known}
		at[m.id], ids, all = one, append(ids, m.id), append(all, one)
	}
	if s.History == nil || len(ids) == 0 {
		return all, nil
	}
	found, err := s.History.WithIDs(ctx, ids)
	for _, m := range found {
		if one := at[m.GetId()]; one != nil && m.GetNetwork() == c.stored.GetNetwork() {
			one.State, one.AcceptedAt = m.GetState(), m.GetAcceptedAt()
		}
	}
	return all, err
}

// lettersOf are the dead letters of a call, the newest first. None is older than the call.
func (s *Service) lettersOf(ctx context.Context, c call) (all []*controlv1.Failure, err error) {
	_, err = backward.Read(ctx, s.Bus, topology.Dead.Name, deadletter.Filter(c.stored.GetNetwork(), ""), 0, func(m *bus.Message) error {
		switch {
		case m.Stored.Before(c.time):
			return errOlder
		case len(all) == mostOfCall:
			return bus.ErrStop
		}
		l := deadletter.Open(m)
		if _, place := l.Letter.Stored(); l.Kind == deadletter.Call && place == c.number {
			all = append(all, &controlv1.Failure{
				Number: l.Sequence, Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE, Key: l.Key, Network: l.Network, Channel: l.Channel,
				Time: timestamppb.New(l.At), Why: l.Why.Proto(), Service: l.Service, TraceId: l.TraceID,
			})
		}
		return nil
	})
	if errors.Is(err, errOlder) {
		err = nil
	}
	return all, err
}
