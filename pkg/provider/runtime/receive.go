package runtime

import (
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/fetchlimit"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/heard"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// split reads a stored call and makes a task of each of its events: bytes to canonical events. Package consume calls it for the calls
// of a partition one after the other, in the order of the stream, and for several partitions at once. An error sends the call as a whole to
// the dead letters, but for the context's: then it is read again. It has no effect but the log's.
func (s *runner) split(ctx context.Context, e *consume.Entry) ([]consume.Task, error) {
	var stored webhookv1.Call
	if err := proto.Unmarshal(e.Body, &stored); err != nil {
		return nil, errors.New("the stored call cannot be read")
	}
	call := expr.FromProto(&stored)
	c, err := s.await(ctx, call.Channel)
	if err != nil {
		return nil, err
	}
	events, err := s.receive(c, call)
	if err != nil {
		s.env.Log.Warn("call cannot be read", "network", call.Network, "channel", call.Channel, "err", err)
		return nil, err
	}
	return s.tasks(c, &stored, call, events), nil
}

// tasks are what is to be done for the events of a call. One that cannot be passed on ends for itself, in the dead letters. The
// call is finished when all of its tasks are; after a crash in between all are done again, and what was stored is known by its
// id. A call that comes out of a dead letter names the messages that were made of it before: they are not made again.
func (s *runner) tasks(c *channel, stored *webhookv1.Call, call webhook.Call, events []provider.Event) (tasks []consume.Task) {
	var u heard.Unreadable
	var made []string
	owners := owners{runner: s, called: c, call: call}
	for _, event := range events {
		// a network may tell of several accounts in one call
		owner := owners.of(event.Account)
		if owner == nil {
			s.ignored.Tell(s.env.Log, c.Network, c.ID, ignoredAccount)
			continue
		}
		task, err := s.task(owner, call, event)
		if task != nil && event.Receipt == nil {
			id := s.messageID(owner, event)
			if slices.Contains(stored.GetMade(), id) {
				continue
			}
			made = append(made, id)
		}
		switch {
		case err != nil:
			s.env.Log.Warn("event cannot be read", "network", c.Network, "channel", c.ID, "why", err)
			u.Add(err.Error())
		case task != nil:
			tasks = append(tasks, *task)
		}
	}
	return append(tasks, u.Tasks(stored, made)...)
}

// awaitChannel bounds how long a call waits for a channel that is configured and has not been heard of here.
const awaitChannel = 30 * time.Second

// await is a call's channel. Ingress may have heard of a new one first, so one that is configured is waited for. One that is not is
// [reason.ChannelUnknown], a dead letter that a replay brings back once the channel is there.
func (s *runner) await(ctx context.Context, id string) (*channel, error) {
	for deadline := time.Now().Add(awaitChannel); ; {
		if c := s.channels.of(id); c != nil {
			return c, nil
		}
		// the configuration itself is asked: this process may be the last to hear of a change
		if exists, err := s.exists(ctx, id); err == nil && !exists || time.Now().After(deadline) {
			return nil, consume.Permanent(reason.ChannelUnknown)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// receive calls the network's code, which is pure: a call may be read again whenever it is replayed, or another process took
// over in the middle of it, and the events are the same.
func (s *runner) receive(c *channel, call webhook.Call) (events []provider.Event, err error) {
	err = s.shielded("receive", func() (err error) {
		events, err = c.read(call)
		return err
	})
	return events, err
}

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
		return s.publish(label.Message(ctx, c.Network, c.ID, r.GetOwnId()), post)
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
// writes next waits for the attachment: at most for a minute, see fetchlimit.Tries.
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
	fetching := &fetchlimit.Tries{} // of all tries of the task: the bound counts from the first
	return &consume.Task{Lane: e.Contact.GetAddress(), Do: func(ctx context.Context) error {
		ctx = label.Message(ctx, c.Network, c.ID, m.GetId())
		if a := m.GetContent().GetAttachment(); a.GetHandle() != "" {
			done, ok := s.fetches.Begin(c.ID)
			// not waited for here: this goroutine is one of those that the texts of others need
			if !ok {
				return consume.RetryAfter(fetchlimit.SlotWait)
			}
			defer done()
			if err := s.fetch(ctx, c, m, fetching); err != nil {
				return err
			}
		}
		// before the message: an agent may answer it at once
		s.rememberReply(ctx, c, e)
		if err := s.keepState(ctx, c, call, e); err != nil {
			return err
		}
		err := s.publish(ctx, post)
		if err == nil {
			s.env.Bus.Meter().Accepted(ctx, c.Network, "inbound")
		}
		return err
	}}
}
