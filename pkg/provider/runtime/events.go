package runtime

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/attachments"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/heard"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/storage"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// task is what is to be done for one event: nil for what is of no interest, and an error for what goes to the dead letters. It
// trusts no driver: what an event lacks that its constructor would have asked for is an error here.
func (s *runner) task(c *channel, call webhook.Call, e provider.Event) (*consume.Task, error) {
	switch {
	case e.Ignored != "":
		s.ignored.Tell(s.env.Log, c.Network, c.ID, e.Ignored)
		return nil, nil
	case e.Unreadable != "":
		return nil, errors.New(e.Unreadable)
	case e.Key == "":
		return nil, errors.New("the network's service made an event without a key")
	case e.Receipt != nil:
		return s.receiptTask(c, call, e)
	case e.Content != nil && e.Contact.GetAddress() != "":
		return s.messageTask(c, call, e), nil
	default:
		return nil, errors.New("the network's service made an event without contact or content")
	}
}

// receiptsUpTo is how full OUTCOMES_* may be for receipts to be passed on, as a share of its room. The outcomes of sends that are under
// way need the rest; no send begins above 0.9 (pkg/delivery).
const receiptsUpTo = 0.95

// receiptTask passes a receipt on to OUTCOMES_*; the translator finds its message. Receipts of one message share a lane. One that
// says which message by nothing, or no status, is an error: a network that cannot tell has an ignored event.
func (s *runner) receiptTask(c *channel, call webhook.Call, e provider.Event) (*consume.Task, error) {
	why := e.Receipt.Reason.Of(c.Network).Proto()
	r := &eventv1.Receipt{
		Network: c.Network, Channel: c.ID, Ref: record.RefDigest(s.env.Bus, c.Network, c.ID, e.Receipt.Ref), Status: e.Receipt.Status,
		Reason: why.GetEn(), Why: why, At: timestamppb.New(call.AcceptedAt),
	}
	// the network's own time where it tells one; ours may be late by as long as it repeats its calls. No order follows from either: a
	// status that goes back is found by what is known of the message
	if !e.At.IsZero() {
		r.At = timestamppb.New(e.At)
	}
	if e.Receipt.UpTo {
		r.UpTo, r.Address = true, e.Contact.GetAddress()
	}
	// only what looks like an id of ours becomes part of a subject
	if id, part, resent, ok := heard.ParseIdempotencyKey(e.Receipt.OwnID); ok {
		r.OwnId, r.Part, r.Resent = id, part, resent
	}
	// the subject's last part: one for each message, so that its receipts stay in order and the last can be found
	name := r.GetRef()
	if r.GetOwnId() != "" { // whoever is in doubt about the send looks there, and knows no ref
		name = ownDigest(s.env.Bus, r.GetOwnId(), r.GetPart(), r.GetResent())
	}
	if name == "" && r.GetUpTo() {
		name = s.env.Bus.Digest(digest.ForContact, c.ID, r.GetAddress())
	}
	if r.GetUpTo() && r.GetAddress() == "" {
		return nil, errors.New("the network's service made a watermark without a contact")
	}
	if name == "" || r.GetStatus() == eventv1.Status_STATUS_UNSPECIFIED {
		return nil, errors.New("the network's service made a receipt without a message or a status")
	}
	post := bus.Post{
		Subject: topology.ReceiptSubject(c.Network, c.ID, name), ID: "receipt-" + s.env.Bus.Digest(digest.ForReceipt, c.ID, e.Key),
		Body: &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}},
	}
	return &consume.Task{Lane: "receipt/" + name, Do: func(ctx context.Context) error {
		if s.env.Bus.Full(ctx, topology.Outcomes(c.Network).Name, receiptsUpTo) {
			return consume.RetryAfter(time.Second)
		}
		return s.publish(s.env.Bus.Label(ctx, c.Network, c.ID, r.GetOwnId()), post)
	}}, nil
}

// contentDigest stands for what a message says, and who says it: an edit may name somebody else's message.
func (s *runner) contentDigest(c *channel, e provider.Event) string {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(e.Content)
	if err != nil { // a text that is no UTF-8, which is mended when it is published: two versions of it are two
		return ""
	}
	return s.env.Bus.Digest(digest.ForContent, c.ID, e.Contact.GetAddress(), string(data))
}

// messageID is the id of a message that an event makes, the same whenever the event is read. What a network gives as an event's key
// counts per channel.
func (s *runner) messageID(c *channel, e provider.Event) string {
	return s.env.Bus.Digest(digest.ForMessage, c.Network, c.ID, e.Key)
}

// messageTask passes a message or an echo on, its attachment fetched before. Its lane is the contact's, so that what the contact
// writes next waits for the attachment: within bounds, see [attachments.Tries].
func (s *runner) messageTask(c *channel, call webhook.Call, e provider.Event) *consume.Task {
	m := &messagev1.Message{
		Id: s.messageID(c, e), Network: c.Network, Channel: c.ID, Contact: e.Contact,
		Direction: messagev1.Direction_DIRECTION_INBOUND, AcceptedAt: timestamppb.New(call.AcceptedAt), Content: e.Content,
	}
	if !e.At.IsZero() {
		m.WrittenAt = timestamppb.New(e.At)
	}
	// a network that says "edited" again for the same words makes no second message of them
	m.ContentDigest = s.contentDigest(c, e)
	if e.Edited {
		m.Revision = messagev1.Revision_REVISION_EDITED
	}
	if e.Edits != "" {
		m.Edits = s.env.Bus.Digest(digest.ForMessage, c.Network, c.ID, e.Edits)
	}
	event := &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}
	if e.Echo {
		event = &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: m, Ref: record.RefDigest(s.env.Bus, c.Network, c.ID, e.Ref)}}}
	}
	post := bus.Post{Subject: topology.MessageSubject(c.Network, c.ID, e.Contact.GetAddress()), ID: m.GetId(), Body: event}
	tries := &attachments.Tries{} // of all tries of the task: the bound counts from the first
	return &consume.Task{Lane: e.Contact.GetAddress(), Do: func(ctx context.Context) error {
		ctx = s.env.Bus.Label(ctx, c.Network, c.ID, m.GetId())
		if err := s.attachments.Take(ctx, c.sender, m, tries); err != nil {
			return err
		}
		// before the message: an agent may answer it at once
		if err := storage.Remember(ctx, s.env.Log, s.storageOf(c.Channel), e, call.AcceptedAt); err != nil {
			return err
		}
		err := s.publish(ctx, post)
		if err == nil {
			s.env.Bus.Meter().Accepted(ctx, c.Network, "inbound")
		}
		return err
	}}
}

// publish passes an event on. A text with bytes that are no UTF-8 could never be stored, and would hold back its lane
// for ever: such bytes are marked as unreadable, and the rest goes on. It looks for them only where a publish failed, since every
// message would pay for it. Its errors are those of [bus.Bus.Publish]; the lane tries again.
func (s *runner) publish(ctx context.Context, p bus.Post) error {
	_, err := s.env.Bus.Publish(ctx, p)
	if err != nil && heard.Sanitize(p.Body.ProtoReflect()) {
		_, err = s.env.Bus.Publish(ctx, p)
	}
	if err == nil {
		failpoint.EventStored.Reach()
	}
	return err
}
