// Package webhooks shows the stored calls of networks and reads them again: the WebhookService of the control API.
//
// WEBHOOKS_<network> keeps each call as it came for 7 days, whatever became of it, or until there is no room: from 70 % of its room on
// those go that were handled an hour ago, from 80 % on all that were handled. The service cannot tell that some are gone, which
// also holds for those that go while a replay is under way.
//
// The ids of messages derive from what the network says of its events, and INDEX remembers for 8 days which were taken: so a call
// that is read again makes nothing twice. What is older than that is not read again, since nobody would know.
package webhooks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
	"github.com/bonychat/puente/services/control/history"
)

// Service is the WebhookService.
type Service struct {
	Bus *bus.Bus
	// History knows what became of messages; nil tells nothing of that.
	History History
}

// History is what is known of messages.
type History interface {
	// WithIDs are messages by their ids, of whichever channel, without hops; those that are not known are left out.
	WithIDs(ctx context.Context, ids []string) ([]history.Message, error)
}

var _ controlv1connect.WebhookServiceHandler = (*Service)(nil)

// replayedID begins the id of a call that was put in the stream once more. It is not listed, and not read again by a range of
// time: the call that it is made of is.
const replayedID = "replay-"

// oldest is how long ago a call may have come that is read again: what was made of it is remembered a little longer.
const oldest = record.Keep - 12*time.Hour

// call is one stored call.
type call struct {
	number uint64
	stored *webhookv1.Call
	time   time.Time
}

// open reads a stored call; false for one that was put there by a replay, and for what cannot be read.
func open(m *bus.Message) (call, bool) {
	c := call{m.Sequence, &webhookv1.Call{}, m.Stored}
	if strings.HasPrefix(m.ID(), replayedID) || proto.Unmarshal(m.Data, c.stored) != nil {
		return c, false
	}
	c.time = came(c.stored, m.Stored)
	return c, true
}

// came is when a call came for the first time; otherwise where it does not say.
func came(c *webhookv1.Call, otherwise time.Time) time.Time {
	switch {
	case c.GetFirstAcceptedAt() != nil:
		return c.GetFirstAcceptedAt().AsTime()
	case c.GetAcceptedAt() != nil:
		return c.GetAcceptedAt().AsTime()
	default:
		return otherwise
	}
}

// decode has the network's service read a call with the decoder that it has now.
func (s *Service) decode(ctx context.Context, network string, body []byte) (*livev1.DecodeAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	answer := &livev1.DecodeAnswer{}
	err := rpc.Call(ctx, s.Bus, topology.DecodeSubject(network), &livev1.DecodeQuestion{Call: body}, answer)
	switch {
	case errors.Is(err, rpc.ErrNobody):
		return nil, connect.NewError(connect.CodeUnavailable, fmt.Errorf("no service of the network %s answers: its decoder is part of it", network))
	case errors.Is(err, rpc.ErrRefused):
		return &livev1.DecodeAnswer{Error: "the network's service cannot read it"}, nil
	}
	return answer, err
}

// message is one that a call brings, or would bring.
type message struct {
	id    string
	known bool
}

// read is a call as today's decoder reads it, with the messages in it.
func (s *Service) read(ctx context.Context, c call) (*controlv1.Call, []message, error) {
	body, err := proto.Marshal(c.stored)
	if err != nil {
		return nil, nil, err
	}
	network, channel := c.stored.GetNetwork(), c.stored.GetChannel()
	decoded, err := s.decode(ctx, network, body)
	if err != nil {
		return nil, nil, err
	}
	var all []message
	shown := &controlv1.Call{
		Number: c.number, Time: timestamppb.New(c.time), Network: network, Channel: channel, Size: uint64(len(c.stored.GetBody())),
		Messages: uint32(len(decoded.GetMessages())), Receipts: decoded.GetReceipts(), Ignored: decoded.GetIgnored(), Unreadable: decoded.GetUnreadable(),
		Error: decoded.GetError(),
	}
	for _, id := range decoded.GetMessages() {
		known, err := s.known(ctx, network, id)
		if err != nil {
			return nil, nil, err
		}
		if known {
			shown.Known++
		}
		all = append(all, message{id, known})
	}
	return shown, all, nil
}

// known says that a message of a contact was taken already, by whichever channel of the network it is about.
func (s *Service) known(ctx context.Context, network, id string) (bool, error) {
	return record.Taken(ctx, s.Bus, network, id)
}

// filter is the subjects of the calls of a network, or of one channel.
func filter(network, channel string) (string, error) {
	subject := topology.Webhooks(network).Subjects[0]
	if channel != "" {
		subject = topology.WebhookSubject(network, channel)
	}
	if err := bus.CheckFilter(subject); err != nil || strings.ContainsAny(network+channel, ".*>") {
		return "", connect.NewError(connect.CodeInvalidArgument, errors.New("network, channel: not a name that a network or a channel can have"))
	}
	return subject, nil
}

// there says whether there are calls of a network; an error where there is no such network.
func (s *Service) there(ctx context.Context, network string) error {
	names, err := s.Bus.StreamNames(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(names, topology.Webhooks(network).Name) {
		return connect.NewError(connect.CodeNotFound, fmt.Errorf("network: there is no network %.64q here", network))
	}
	return nil
}
