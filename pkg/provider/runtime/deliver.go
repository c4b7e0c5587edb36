package runtime

import (
	"context"

	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// delivery is the network's way out, as pkg/delivery takes it: limits as they are declared, and the channels, which change
// while it runs. Order, retries, rates and outcomes are package delivery's business.
func (s *runner) delivery() delivery.Config {
	d := s.description
	return delivery.Config{
		Far: d.Name, Validity: d.Validity, SendTimeout: d.SendTimeout, Concurrency: d.Concurrency,
		PerAccount: bound(d.Rates.Account), PerChannel: bound(d.Rates.Channel), PerContact: bound(d.Rates.Contact), Channels: s.sending, Exists: s.exists, StopGrace: s.env.StopGrace,
		Keep: s.env.KeepSent && d.Confirms.Failures != "",
	}
}

// send calls the network's code for one event. A platform takes events of every kind, a network messages alone. What became of
// it is in the error, see [outcome.Classify].
func (s *runner) send(ctx context.Context, sender provider.Sender, e *eventv1.Event) (sent provider.Sent, err error) {
	err = s.shielded("send", func() (err error) {
		// echoes and statuses are for a platform alone; what would bring them to a network is a mistake of ours
		if platform, ok := sender.(provider.PlatformSender); ok {
			return platform.SendEvent(ctx, e)
		}
		if e.GetMessage() == nil {
			return outcome.Reject(reason.OnlyMessages, nil)
		}
		sent, err = sender.Send(ctx, e.GetMessage())
		return err
	})
	return sent, err
}

// messageOf is what an event says of people: the message that it is or holds, or the contact that it is about. No error may quote
// any of it ([outcome.Explain]).
func messageOf(e *eventv1.Event) *messagev1.Message {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return k.Message
	case *eventv1.Event_Echo:
		return k.Echo.GetMessage()
	default:
		return &messagev1.Message{Contact: &messagev1.Contact{Address: e.GetStatus().GetAddress()}}
	}
}

// shielded calls a network's code; a panic in it is an error of one message.
func (s *runner) shielded(what string, call func() error) error {
	return account.Shield(s.env.Log, s.description.Name, what, call)
}
