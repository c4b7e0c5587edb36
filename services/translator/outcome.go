package translator

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/internal/journal"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// splitOutcome reads an entry of OUTCOMES_<far>: what became of a send, or a receipt. Entries of one message keep
// their order.
func (t *Translator) splitOutcome(_ context.Context, e *consume.Entry) ([]consume.Task, error) {
	event := &eventv1.Event{}
	if err := proto.Unmarshal(e.Body, event); err != nil {
		return nil, consume.Permanent(reason.UnreadableOutcome)
	}
	switch k := event.GetKind().(type) {
	case *eventv1.Event_Outcome:
		if _, known := eventv1.Result_name[int32(k.Outcome.GetResult())]; !known {
			return nil, consume.Permanent(reason.Misplaced.With("kind", fmt.Sprintf("an outcome with an unknown result: %d", k.Outcome.GetResult())))
		}
		if r := k.Outcome.GetResult(); ofStatus(k.Outcome) && (r == eventv1.Result_RESULT_SENT || r == eventv1.Result_RESULT_WAITING) {
			return nil, nil // nothing follows from that
		}
		s := &sending{}
		return []consume.Task{{Lane: "message/" + k.Outcome.GetId(), Do: func(ctx context.Context) error {
			return t.outcome(ctx, e, k.Outcome, s)
		}}}, nil
	case *eventv1.Event_Receipt:
		if _, known := eventv1.Status_name[int32(k.Receipt.GetStatus())]; !known {
			return nil, consume.Permanent(reason.Misplaced.With("kind", fmt.Sprintf("a receipt with an unknown status: %d", k.Receipt.GetStatus())))
		}
		lane := "ref/" + k.Receipt.GetRef()
		if k.Receipt.GetUpTo() {
			lane = "mark/" + k.Receipt.GetAddress()
		}
		if k.Receipt.GetOwnId() != "" {
			lane = "message/" + k.Receipt.GetOwnId()
		}
		return []consume.Task{{Lane: lane, Do: func(ctx context.Context) error { return t.receipt(ctx, e, k.Receipt) }}}, nil
	case *eventv1.Event_Channel:
		return t.changed(e, k.Channel)
	default:
		return nil, consume.Permanent(reason.Misplaced.With("kind", fmt.Sprintf("%T", k)))
	}
}

// changed writes down that a channel is held, or goes on.
func (t *Translator) changed(e *consume.Entry, c *eventv1.ChannelChange) ([]consume.Task, error) {
	if c.GetStanding() == eventv1.ChannelStanding_CHANNEL_STANDING_UNSPECIFIED || c.GetNetwork() == "" || c.GetChannel() == "" {
		return nil, consume.Permanent(reason.Misplaced.With("kind", "a change of a channel that says nothing"))
	}
	far, _ := topology.PlaceOf(e.Subject)
	return []consume.Task{{Lane: "channel/" + c.GetChannel(), Do: func(ctx context.Context) error {
		return t.journal.NoteOf(ctx, e, journal.Change(far, c))
	}}}, nil
}

// ofStatus says that an outcome is that of telling the platform a status.
func ofStatus(o *eventv1.Outcome) bool {
	return o.GetDirection() == messagev1.Direction_DIRECTION_UNSPECIFIED
}

// outcome records what became of one send.
func (t *Translator) outcome(ctx context.Context, e *consume.Entry, o *eventv1.Outcome, s *sending) error {
	far, _ := topology.PlaceOf(e.Subject)
	ctx = t.bus.Label(ctx, o.GetNetwork(), o.GetChannel(), o.GetId())
	switch o.GetResult() {
	case eventv1.Result_RESULT_WAITING:
		return t.journal.NoteOf(ctx, e, t.sendEntry(far, o, journalv1.Hop_HOP_WAITING, ""))
	case eventv1.Result_RESULT_SENT:
		return t.sent(ctx, e, far, o, s)
	case eventv1.Result_RESULT_FAILED, eventv1.Result_RESULT_EXPIRED:
		return t.failed(ctx, e, far, o, s)
	default:
		return nil // an intent is no outcome
	}
}

// sending is what the tries of one outcome share: a status that has to wait for its second is not a reason to do all that
// comes before it again.
type sending struct {
	noted    bool           // the journal has been told
	recorded bool           // the ref is stored
	pending  *indexv1.Early // what the network said before the ref was there
}

// sent links the network's id to the send, and applies what the network said before its answer came.
func (t *Translator) sent(ctx context.Context, e *consume.Entry, far string, o *eventv1.Outcome, s *sending) error {
	ref := record.RefDigest(t.bus, o.GetNetwork(), o.GetChannel(), o.GetRef())
	outbound := o.GetDirection() == messagev1.Direction_DIRECTION_OUTBOUND
	if !s.recorded {
		if err := t.noteSend(ctx, e, far, o, s, journalv1.Hop_HOP_SENT, ref); err != nil {
			return err
		}
		if outbound {
			var err error
			if s.pending, err = t.pendingReceipt(ctx, o, ref, e.Sequence); err != nil {
				return err
			}
			if err := t.answered(ctx, o); err != nil {
				return err
			}
		}
		s.recorded = true
	}
	failpoint.SentNoted.Reach()
	if !outbound {
		return nil
	}
	// before the state is read: nearly every first status has to wait
	if wait := time.Until(o.GetAcceptedAt().AsTime().Add(firstStatus)); wait > 0 {
		return consume.RetryAfter(wait)
	}
	c := newsOf(e, o, eventv1.Status_STATUS_SENT)
	if s.pending.GetStatus() > c.Status {
		c.Status, c.Why, c.at, c.ref, c.told = s.pending.GetStatus(), reason.FromProto(s.pending.GetWhy(), s.pending.GetReason()), s.pending.GetAt(), ref, true
	}
	if err := t.apply(ctx, c); err != nil || !s.pending.GetUpTo() {
		return err
	}
	// the watermark that came before reaches what was sent before, too
	return t.watermark(ctx, e, &eventv1.Receipt{
		Network: o.GetNetwork(), Channel: o.GetChannel(), Address: o.GetAddress(), Status: s.pending.GetStatus(), At: s.pending.GetAt(), Ref: ref,
	}, e.Sequence)
}

// answered remembers that the network answered with another address than it was given. Of a channel that is gone nobody will write.
func (t *Translator) answered(ctx context.Context, o *eventv1.Outcome) error {
	c, known := t.channels.get(o.GetChannel())
	if !known {
		return nil
	}
	return t.contacts.Answered(ctx, c, o.GetAddress(), o.GetAlias())
}

// noteSend tells the journal what became of a send, once. The outcome is not finished before it is stored.
func (t *Translator) noteSend(ctx context.Context, e *consume.Entry, far string, o *eventv1.Outcome, s *sending, hop journalv1.Hop, ref string) error {
	if s.noted {
		return nil
	}
	err := t.journal.Note(ctx, e, t.sendEntry(far, o, hop, ref))
	s.noted = err == nil
	return err
}

// sendEntry is what became of a send, for the journal. The platform's outcomes have its name for the contact, networks' their address.
func (t *Translator) sendEntry(far string, o *eventv1.Outcome, hop journalv1.Hop, ref string) *journalv1.Entry {
	contact := t.addressKey(o.GetChannel(), o.GetAddress())
	if far == topology.Platform {
		contact = t.contacts.Key(o.GetChannel(), o.GetAddress())
	}
	return journal.Send(far, o, contact, hop, ref)
}

// pendingReceipt is what the network said of a send before its outcome was recorded: a watermark or a receipt, whichever is
// further.
func (t *Translator) pendingReceipt(ctx context.Context, o *eventv1.Outcome, ref string, sequence uint64) (*indexv1.Early, error) {
	network, err := t.declared.Of(o.GetNetwork())
	if err != nil {
		return nil, err
	}
	mark := &indexv1.Early{At: o.GetAt()}
	if network.Confirms.Watermarks != "" {
		send := &indexv1.Open{Id: o.GetId(), Generation: o.GetGeneration(), Part: o.GetPart(), Position: sequence, SentAt: o.GetAt()}
		if mark.Status, err = t.index.OpenSend(ctx, o.GetNetwork(), o.GetChannel(), t.markKey(o.GetNetwork(), o.GetChannel(), o.GetAddress()), send); err != nil {
			return nil, err
		}
	}
	// echoes and watermarks come with the network's id alone, also where receipts hand ours back
	if c := network.Confirms; ref == "" || c.OwnID != "" && c.Echoes == "" && c.Watermarks == "" {
		return mark, nil
	}
	pending, err := t.index.LinkRef(ctx, o.GetNetwork(), o.GetChannel(), ref, &indexv1.Ref{
		Id: o.GetId(), Generation: o.GetGeneration(), Part: o.GetPart(), Position: sequence,
	})
	if err != nil || pending.GetStatus() >= mark.GetStatus() {
		return pending, err
	}
	return mark, nil
}

// newsOf is what an outcome says of its part.
func newsOf(e *consume.Entry, o *eventv1.Outcome, s eventv1.Status) change {
	return change{channel: o.GetChannel(), id: o.GetId(), at: o.GetAt(), News: record.News{
		Generation: o.GetGeneration(), Part: o.GetPart(), Status: s, Why: reason.FromProto(o.GetWhy(), o.GetReason()), Sequence: e.Sequence,
	}}
}

// failed tells the platform about its message; a message to the platform has only the journal to tell.
func (t *Translator) failed(ctx context.Context, e *consume.Entry, far string, o *eventv1.Outcome, s *sending) error {
	hop := journalv1.Hop_HOP_FAILED
	if o.GetDirection() != messagev1.Direction_DIRECTION_OUTBOUND {
		hop = journalv1.Hop_HOP_DEAD
	}
	if err := t.noteSend(ctx, e, far, o, s, hop, ""); err != nil {
		return err
	}
	if o.GetDirection() == messagev1.Direction_DIRECTION_OUTBOUND {
		if err := t.apply(ctx, newsOf(e, o, eventv1.Status_STATUS_FAILED)); err != nil {
			return err
		}
	}
	t.bus.Meter().Failed(ctx, far, faultOf(o.GetWhy()), "send")
	return nil
}
