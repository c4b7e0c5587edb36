package translator

import (
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator/internal/journal"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// change is news of one message: how far a part of it has come.
type change struct {
	channel, id string
	record.News
	at  *timestamppb.Timestamp // as the network told it
	ref string
	// told says that the network told it in a receipt: it joins the message's trace and has an entry of the journal.
	told bool
}

// firstStatus is how long after a message's acceptance its first status may go: the platform must have read its mId.
const firstStatus = time.Second

var seed = maphash.MakeSeed()

// apply advances the message's state and tells the platform, in this order, one at a time for a message: whoever advanced
// it last is who told last. The state remembers which entry of OUTCOMES_* advanced it: read again after a crash, that
// entry tells its status again, and an older one does not.
func (t *Translator) apply(ctx context.Context, c change) error {
	ctx = label.With(ctx, "", c.channel, c.id) // a watermark is about many
	lock := &t.locks[maphash.String(seed, c.id)%uint64(len(t.locks))]
	lock.Lock()
	defer lock.Unlock()
	err := t.advance(ctx, c)
	if errors.Is(err, bus.ErrConflict) {
		err = t.advance(ctx, c) // another process has changed it since this one wrote it
	}
	return err
}

func (t *Translator) advance(ctx context.Context, c change) error {
	c.At = c.at.AsTime()
	next, err := t.index.Advance(ctx, c.channel, c.id, c.News)
	if err != nil || next.Effect == record.Ignore {
		return err
	}
	s := next.State
	if next.Effect.Tells() {
		if wait := time.Until(s.GetAcceptedAt().AsTime().Add(firstStatus)); wait > 0 {
			return consume.RetryAfter(wait)
		}
	}
	if c.told {
		var end func()
		ctx, end = t.bus.JoinTrace(ctx, s.GetTraceparent(), "receipt", "OUTCOMES_"+s.GetNetwork())
		defer end()
	}
	// history first: once the state is advanced, this entry brings no news and is passed over
	if err := t.journal.Write(ctx, receiptEntry(c, s, t.contacts.Key(c.channel, s.GetAddress()))...); err != nil {
		return err
	}
	if err := t.index.Commit(ctx, next); err != nil {
		return err
	}
	if c.told {
		t.measure(ctx, c, s)
	}
	if c.told && c.Status == eventv1.Status_STATUS_FAILED && next.Effect.Writes() {
		t.log.Info("failed by a receipt", "network", s.GetNetwork(), "channel", c.channel, "id", c.id, "part", c.Part,
			"code", c.Why.Code(), "fault", reason.Word(c.Why.Fault()), "reason", c.Why.String())
	}
	if !next.Effect.Tells() {
		return nil
	}
	failpoint.StateRaised.Reach()
	return t.tell(ctx, c.channel, c.id, s, c.at, next.Effect == record.TellAgain)
}

// receiptEntry is the journal's entry of a receipt, none for the outcome of a send, which has its own.
func receiptEntry(c change, s *indexv1.State, contact string) []*journalv1.Entry {
	if !c.told {
		return nil
	}
	hop := journal.HopOf(s.GetParts()[c.Part])
	return []*journalv1.Entry{{
		Id: c.id, Generation: record.PartGeneration(s, c.Part), Part: c.Part, Network: s.GetNetwork(), Channel: c.channel, Contact: contact,
		Service: "egress-" + s.GetNetwork(), Hop: hop, At: c.at, Reason: c.Why.String(), Why: c.Why.Proto(), Ref: c.ref,
		ByReceipt: hop == journalv1.Hop_HOP_FAILED,
	}}
}

// tell puts the message's status on its way to the platform, in the channel's language. repeat says that it may be on its way
// already.
func (t *Translator) tell(ctx context.Context, channel, id string, s *indexv1.State, at *timestamppb.Timestamp, repeat bool) error {
	why := reason.FromProto(s.GetWhy(), s.GetReason())
	said := ""
	if !why.IsZero() {
		language, err := t.language(ctx, s.GetNetwork(), channel)
		if err != nil {
			return err
		}
		said = why.Text(language)
	}
	update := &eventv1.StatusUpdate{
		Id: id, Generation: s.GetGeneration(), Network: s.GetNetwork(), Channel: channel, Address: s.GetAddress(), Status: s.GetStatus(),
		Reason: said, Why: s.GetWhy(), At: at, AcceptedAt: timestamppb.Now(),
	}
	_, err := t.bus.Publish(ctx, bus.Post{
		Subject: topology.EgressSubject(topology.Platform, channel), ID: topology.StatusKey(id, s.GetGeneration(), s.GetStatus()), Repeat: repeat,
		Body: &eventv1.Event{Kind: &eventv1.Event_Status{Status: update}},
	})
	if errors.Is(err, bus.ErrFull) {
		// the journal has it; to wait would hold back the outcomes of other channels
		t.log.Warn("status not told: "+reason.PlatformFull.String(), "channel", channel, "id", id)
		return nil
	}
	if err == nil {
		failpoint.StatusOnItsWay.Reach()
	}
	return err
}

// measure counts a receipt that brought news, and the failure that it tells.
func (t *Translator) measure(ctx context.Context, c change, s *indexv1.State) {
	status := strings.ToLower(strings.TrimPrefix(c.Status.String(), "STATUS_"))
	t.bus.Meter().Receipt(ctx, s.GetNetwork(), status, time.Since(s.GetAcceptedAt().AsTime()))
	if c.Status == eventv1.Status_STATUS_FAILED {
		t.bus.Meter().Failed(ctx, s.GetNetwork(), faultOf(c.Why.Proto()), "receipt")
	}
}

// faultOf says whose fault it is, for a metric: a closed set.
func faultOf(why *reasonv1.Reason) string {
	name, known := reasonv1.Fault_name[int32(why.GetFault())]
	if !known || why.GetFault() == reasonv1.Fault_FAULT_UNSPECIFIED {
		return "unknown"
	}
	return strings.ToLower(strings.TrimPrefix(name, "FAULT_"))
}
