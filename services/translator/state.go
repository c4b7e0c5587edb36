package translator

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// change is news of one message: how far a part of it has come.
type change struct {
	channel, id string
	generation  uint32
	// anyGeneration: the network knows only the id.
	anyGeneration bool
	part          uint32
	status        eventv1.Status
	reason        string
	at            *timestamppb.Timestamp
	ref           string
	// sequence is the entry of OUTCOMES that brings the news.
	sequence uint64
	// told says that the network told it in a receipt: it joins the message's trace and has an entry of the journal.
	told bool
}

// advance is the further of two statuses: sent, delivered, read; failed only while nothing later than sent was seen,
// and then for good.
func advance(have, news eventv1.Status) eventv1.Status {
	if news == eventv1.Status_STATUS_FAILED && have > eventv1.Status_STATUS_SENT {
		return have
	}
	return max(have, news)
}

// whole is how far a message has come whose parts have come so far: failed when one is, else as far as the last.
func whole(parts []eventv1.Status) eventv1.Status {
	least := eventv1.Status_STATUS_READ
	for _, p := range parts {
		if p == eventv1.Status_STATUS_FAILED {
			return p
		}
		least = min(least, p)
	}
	return least
}

// firstStatus is how long after a message's acceptance its first status may go: the platform must have read its mId.
const firstStatus = time.Second

var seed = maphash.MakeSeed()

// apply raises the message's state and tells the platform, in this order, one at a time for a message: whoever raised
// last is who told last.
func (t *Translator) apply(ctx context.Context, c change) error {
	ctx = label.With(ctx, "", c.channel, c.id) // a watermark is about many
	lock := &t.locks[maphash.String(seed, c.id)%uint64(len(t.locks))]
	lock.Lock()
	defer lock.Unlock()

	subject := topology.StateSubject(c.channel, c.id)
	if s, revision, ok := t.known.take(subject); ok && c.concerns(s) {
		if raised, told := merge(s, c); raised {
			err := t.raise(ctx, c, subject, s, revision, told, false)
			if !errors.Is(err, bus.ErrConflict) {
				return err
			}
			// another process has changed it since
		}
	}
	s := &indexv1.State{}
	revision, err := t.bus.Read(ctx, subject, s)
	if errors.Is(err, bus.ErrNotFound) {
		return nil // older than what is remembered, or not ours
	}
	if err != nil {
		return err
	}
	if !c.concerns(s) {
		return nil
	}
	raised, told := merge(s, c)
	again := !raised && c.sequence == s.GetOutcomeSequence()
	if !raised && !again {
		return nil // nothing new, and somebody else's to tell
	}
	return t.raise(ctx, c, subject, s, revision, told, again)
}

// concerns says that a state is that of the message the news is about.
func (c change) concerns(s *indexv1.State) bool {
	return s.GetStanding() == indexv1.Standing_STANDING_TAKEN && int(c.part) < len(s.GetParts()) && current(s, c)
}

// raise writes a raised state and tells the platform. again says that it was written by an earlier try: it is only told.
func (t *Translator) raise(ctx context.Context, c change, subject string, s *indexv1.State, revision uint64, told, again bool) error {
	if told || again {
		if wait := time.Until(s.GetAcceptedAt().AsTime().Add(firstStatus)); wait > 0 {
			return bus.Later(wait)
		}
	}
	if c.told {
		var end func()
		ctx, end = t.bus.JoinTrace(ctx, s.GetTraceparent(), "receipt", "OUTCOMES_"+s.GetNetwork())
		defer end()
	}
	// history first: once the state is raised, this entry brings no news and is passed over
	if err := t.journal.write(ctx, receiptEntry(c, s, t.nameKey(c.channel, s.GetAddress()))...); err != nil {
		return err
	}
	if !again {
		var err error
		if revision, err = t.bus.Replace(ctx, subject, s, revision, kept(s)); err != nil {
			return fmt.Errorf("raise state: %w", err)
		}
		t.known.put(subject, s, revision)
	}
	if told || again {
		return t.tell(ctx, c, s, again)
	}
	return nil
}

// kept is how long a state is remembered: of what failed, longer than its dead letter is there to be replayed.
func kept(s *indexv1.State) time.Duration {
	if slices.Contains(s.GetParts(), eventv1.Status_STATUS_FAILED) {
		return topology.KeepFailed
	}
	return topology.KeepSeen
}

// generationOf is in which generation a part was last put on its way.
func generationOf(s *indexv1.State, part uint32) uint32 {
	if int(part) < len(s.GetPartGenerations()) {
		return s.GetPartGenerations()[part]
	}
	return s.GetGeneration()
}

// current says that news is of the generation in which its part was last put on its way. A network that knows only the
// id cannot tell: a failure from before the replay is of the generation before.
func current(s *indexv1.State, c change) bool {
	if !c.anyGeneration {
		return c.generation == generationOf(s, c.part)
	}
	// some networks tell whole seconds
	replayed := s.GetReplayedAt().AsTime().Truncate(time.Second)
	return c.status != eventv1.Status_STATUS_FAILED || generationOf(s, c.part) == 0 || !c.at.AsTime().Before(replayed)
}

// merge brings the news into the state: whether it is any, and whether the platform is to be told. Only what is told
// leaves its sequence: news of one part must not hide that a status before it was never published.
func merge(s *indexv1.State, c change) (raised, told bool) {
	part := advance(s.GetParts()[c.part], c.status)
	if part == s.GetParts()[c.part] {
		return false, false
	}
	s.Parts[c.part], s.Contents = part, nil // it is on its way: nobody has to publish it again
	status := advance(s.GetStatus(), whole(s.GetParts()))
	if status == s.GetStatus() {
		return true, false
	}
	s.Status, s.OutcomeSequence = status, c.sequence
	if status == eventv1.Status_STATUS_FAILED {
		s.Reason = c.reason
		if n := len(s.GetParts()); n > 1 {
			s.Reason = fmt.Sprintf("part %d of %d: %s", c.part+1, n, c.reason)
		}
	}
	return true, true
}

// receiptEntry is the journal's entry of a receipt, none for the outcome of a send, which has its own.
func receiptEntry(c change, s *indexv1.State, contact string) []*journalv1.Entry {
	if !c.told {
		return nil
	}
	return []*journalv1.Entry{{
		Id: c.id, Generation: generationOf(s, c.part), Part: c.part, Network: s.GetNetwork(), Channel: c.channel, Contact: contact,
		Service: "egress-" + s.GetNetwork(), Hop: hopOf(s.GetParts()[c.part]), At: c.at, Reason: c.reason, Ref: c.ref,
	}}
}

// tell puts the message's status on its way to the platform.
func (t *Translator) tell(ctx context.Context, c change, s *indexv1.State, repeat bool) error {
	update := &eventv1.StatusUpdate{
		Id: c.id, Generation: s.GetGeneration(), Network: s.GetNetwork(), Channel: c.channel, Address: s.GetAddress(), Status: s.GetStatus(),
		Reason: s.GetReason(), At: c.at, AcceptedAt: timestamppb.Now(),
	}
	_, err := t.bus.Publish(ctx, bus.Post{
		Subject: topology.EgressSubject(topology.Platform, c.channel), ID: topology.StatusKey(c.id, s.GetGeneration(), s.GetStatus()), Repeat: repeat,
		Body: &eventv1.Event{Kind: &eventv1.Event_Status{Status: update}},
	})
	if errors.Is(err, bus.ErrFull) {
		// the journal has it; to wait would hold back the outcomes of other channels
		t.log.Warn("status not told: "+platformFull, "channel", c.channel, "id", c.id)
		return nil
	}
	return err
}
