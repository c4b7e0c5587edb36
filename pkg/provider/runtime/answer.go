package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/checkup"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook/expr"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// checkWithin bounds the answer about a channel's set-up: the network is asked two or three things.
const checkWithin = time.Minute

// answering answers what is asked of the network's service, until the context ends. One process of the service answers each
// question, whichever owns the channel: all know the settings.
func (s *runner) answering(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group := s.env.Bus.Name()
	// two subjects, whichever of them ends ends both
	decoding := make(chan error, 1)
	go func() {
		defer cancel()
		decoding <- rpc.Respond(ctx, s.env.Bus, topology.DecodeSubject(s.description.Name), group, 0, s.answerDecode)
	}()
	err := rpc.Respond(ctx, s.env.Bus, topology.CheckSubject(s.description.Name), group, checkWithin, s.answerCheck)
	cancel()
	if err = errors.Join(err, <-decoding); err != nil {
		return fmt.Errorf("answer questions about %s: %w", s.description.Name, err)
	}
	return nil
}

// answerCheck answers what the network says of a channel's set-up ([topology.CheckSubject]), and registers the webhook where that is
// asked for. A channel that is not known here is [bus.ErrNotFound]. Of an account that stands in the question it asks for the
// credentials alone, and there need be no such channel.
func (s *runner) answerCheck(ctx context.Context, q *livev1.CheckQuestion) (proto.Message, error) {
	if len(q.GetAccount()) > 0 {
		t := registration.Target{Channel: q.GetChannel(), Account: q.GetAccount(), PublicURL: s.env.PublicURL, AllowAddresses: s.env.AllowAddresses}
		return &livev1.CheckAnswer{Findings: Try(ctx, s.driver, t), OfAccount: true}, nil
	}
	c := s.channels.of(q.GetChannel())
	if c == nil {
		return nil, fmt.Errorf("channel %s: its settings cannot be used by this service: %w", q.GetChannel(), bus.ErrNotFound)
	}
	t := registration.Target{Channel: c.ID, Account: c.raw, PublicURL: s.env.PublicURL, AllowAddresses: s.env.AllowAddresses}
	return &livev1.CheckAnswer{Findings: checkup.Of(ctx, s.driver, t, q.GetRegister())}, nil
}

// Try asks a network about the credentials of an account that need not be a channel's, for whoever types them. It needs no service that
// runs, changes nothing, and takes as long as the network needs for an answer; the context bounds it. The findings hold no credential.
func Try(ctx context.Context, d provider.Driver, t registration.Target) []*livev1.Finding {
	return checkup.Try(ctx, d, t)
}

// answerDecode answers what the decoder of this process makes of a stored call ([topology.DecodeSubject]): the ids of its messages, how
// many receipts, and how many that cannot be read. It goes the way of [runner.tasks], but nothing is passed on, nothing is counted,
// and no attachment is fetched. What is wrong with the call stands in the answer, so that a list of calls goes on behind it.
func (s *runner) answerDecode(ctx context.Context, q *livev1.DecodeQuestion) (proto.Message, error) {
	stored := &webhookv1.Call{}
	if err := proto.Unmarshal(q.GetCall(), stored); err != nil {
		return &livev1.DecodeAnswer{Error: "the stored call cannot be read"}, nil
	}
	c := s.channels.of(stored.GetChannel())
	if c == nil {
		return &livev1.DecodeAnswer{Error: "the channel is no longer configured"}, nil
	}
	call := expr.FromProto(stored)
	events, err := s.receive(c, call)
	if err != nil {
		return &livev1.DecodeAnswer{Error: err.Error()}, nil
	}
	a := &livev1.DecodeAnswer{}
	owners := owners{runner: s, called: c, call: call}
	for _, e := range events {
		owner := owners.of(e.Account)
		// in the order of runner.task: what it would leave in the dead letters counts as unreadable here
		switch {
		case owner == nil || e.Ignored != "":
			a.Ignored++
		case e.Unreadable != "" || e.Key == "":
			a.Unreadable++
		case e.Receipt != nil:
			if _, err := s.receiptTask(owner, call, e); err != nil {
				a.Unreadable++
				continue
			}
			a.Receipts++
		case e.Content != nil && e.Contact.GetAddress() != "":
			a.Messages = append(a.Messages, s.messageID(owner, e))
		default:
			a.Unreadable++
		}
	}
	return a, nil
}
