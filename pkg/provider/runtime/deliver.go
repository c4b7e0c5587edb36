package runtime

import (
	"context"
	"strconv"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
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

// sendingOf are the channels as the delivery takes them: what differs between networks has become values and one function. A
// message's address that the network spells otherwise is the contact's alias from then on.
func (s *runner) sendingOf(all map[string]*channel) []delivery.Channel {
	sending, receipt := make([]delivery.Channel, 0, len(all)), s.receiptDigest()
	for _, c := range all {
		sending = append(sending, delivery.Channel{
			Network: c.Network, ID: c.ID, Account: c.identity,
			Together:    s.description.Rates.Account.Sends > 0 || c.agreed.Rate.Sends > 0 || c.listener != nil,
			AccountRate: bound(c.agreed.Rate), Concurrency: c.agreed.Concurrency, Credentials: c.digest, Keyed: s.description.Confirms.IdempotencyKey != "",
			Hold: c.Uncertain == directory.Hold && !s.description.Platform, Receipt: receipt, Listen: c.listener != nil,
			Send: func(ctx context.Context, e *eventv1.Event) (string, result.Result) {
				sent, err := s.send(ctx, c.sender, e)
				// the network's own words become part of the reason only where they hold nothing of the message or the account
				v := resultOf(c.Network, outcome.Explain(err, messageOf(e), c.raw))
				if v.Class == result.Sent && sent.Address != e.GetMessage().GetContact().GetAddress() {
					v.Alias = sent.Address
				}
				return sent.Ref, v
			},
		})
	}
	return sending
}

// receiptDigest names an event's receipts before its send has returned an id; nil where the network does not hand ours
// back.
func (s *runner) receiptDigest() func(*eventv1.Event) string {
	if s.description.Confirms.OwnID == "" {
		return nil
	}
	// the same digest as of the receipt's own id, see receiptTask
	return func(e *eventv1.Event) string {
		m := e.GetMessage()
		return ownDigest(s.env.Bus, m.GetId(), m.GetPart().GetIndex(), m.GetResent())
	}
}

// ownDigest stands for our id of a message, or of a part of one, where the network hands it back. What was sent again has
// another one each time: a receipt of the time before says nothing of it.
func ownDigest(b *bus.Bus, id string, part, resent uint32) string {
	of := []string{id, strconv.FormatUint(uint64(part), 10)}
	if resent > 0 {
		of = append(of, strconv.FormatUint(uint64(resent), 10))
	}
	return b.Digest(digest.ForOwn, of...)
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

// resultOf is what the error of a send says of it, with the network's name in the code of its reason: "blocked" of telegram is
// "telegram.blocked". nil is sent; an error that nobody classified is tried again for a while ([outcome.Classify]).
func resultOf(network string, err error) result.Result {
	if err == nil {
		return result.Result{Class: result.Sent}
	}
	r := outcome.Classify(err).Result
	r.Reason = r.Reason.Of(network)
	return r
}

// bound is a rate without the vendor's page, as package delivery counts it. The zero rate bounds nothing.
func bound(r provider.Rate) result.Rate {
	return result.Rate{Sends: r.Sends, Per: r.Per, Burst: r.Burst}
}

// shielded calls a network's code; a panic in it is an error of one message.
func (s *runner) shielded(what string, call func() error) error {
	return account.Shield(s.env.Log, s.description.Name, what, call)
}
