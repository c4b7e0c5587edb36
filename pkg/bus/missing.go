package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Missing is a send that was begun and of which nothing is left: INDEX says that its message was taken, and no queue
// holds it any more. The store was damaged.
type Missing struct {
	// Far is the far end it was for, Network and Channel the channel's.
	Far, Network, Channel string
	ID                    string
	Generation            uint32
	Part, Parts           uint32
	// State is what is remembered of a message for a contact; nil for one to the platform.
	State *indexv1.State
	// Status says that the message came to its end and that what the platform is told of it is missing.
	Status bool
}

// Key is the key of the send.
func (m Missing) Key() string {
	if m.Status {
		return topology.StatusKey(m.ID, m.Generation, m.State.GetStatus())
	}
	return topology.Key(m.ID, m.Generation, m.Part)
}

// missingSince is how far back from the last record [Bus.Missing] looks: what is unfinished was last written when it was
// taken, which is at most as long ago as it is tried.
const missingSince = 26 * time.Hour

// Missing tells of every send that has no entry in a queue and no outcome though INDEX says that it was begun, of the last
// day that anything was recorded, or of as long as something waits. It reads the queues whole, and of INDEX and
// OUTCOMES_bonychat that time: about ten seconds for a million messages. Others may work meanwhile: what moves on while it
// looks is found where it went, because it looks in the order in which messages move. What has a dead letter is not
// missing: it was given up, or its replay was interrupted. Streams on several servers mend each other, and are not looked
// through.
func (b *Bus) Missing(ctx context.Context, tell func(Missing) error) error {
	index, err := b.info(ctx, topology.Index.Name)
	if err != nil || index.State.Msgs == 0 || index.Config.Replicas > 1 {
		return err
	}
	queues, err := b.queues(ctx)
	if err != nil {
		return err
	}
	q := queued{seed: maphash.MakeSeed(), keys: map[uint64]bool{}, parts: map[string]uint32{}}
	since := index.State.LastTime
	for _, name := range queues {
		first, err := b.queuedIn(ctx, name, q)
		if err != nil {
			return err
		}
		if !first.IsZero() && first.Before(since) {
			since = first
		}
	}
	since = since.Add(-missingSince)
	told, err := b.platformTold(ctx, since, q)
	if err != nil {
		return err
	}
	var letters map[string]bool // the ids in the dead letters, read once somebody asks
	return b.each(ctx, topology.Index.Name, []string{"state.>", "seen.>"}, since, func(m jetstream.Msg, at uint64) error {
		if at > index.State.LastSeq {
			return nil // written since: it was looked for too early
		}
		found, err := b.missingOf(ctx, m, q, told)
		if err != nil {
			return err
		}
		if len(found) > 0 && letters == nil {
			if letters, err = b.letterIDs(ctx); err != nil {
				return err
			}
		}
		for _, f := range found {
			if !f.Status && letters[f.ID] {
				continue
			}
			if err := tell(f); err != nil {
				return err
			}
		}
		return nil
	})
}

// missingOf is what is missing of the message that a record is about.
func (b *Bus) missingOf(ctx context.Context, m jetstream.Msg, q queued, told bool) (found []Missing, err error) {
	t := strings.Split(m.Subject(), ".")
	if len(m.Data()) == 0 || q.has("message "+t[len(t)-1]) {
		return nil, nil
	}
	if t[0] == "seen" && len(t) == 4 {
		var seen indexv1.Seen
		if err := proto.Unmarshal(m.Data(), &seen); err != nil || !told {
			return nil, nil // the record is of no use to anybody, or nothing can be said
		}
		f := Missing{Far: topology.Platform, Network: t[1], Channel: t[2], ID: t[3], Generation: seen.GetGeneration()}
		f.Parts = max(1, q.parts[fmt.Sprintf("%s-%d", f.ID, f.Generation)])
		for ; f.Part < f.Parts; f.Part++ {
			if q.has(f.Key()) {
				continue
			}
			ended, err := b.ended(ctx, f)
			if err != nil {
				return nil, err
			}
			if !ended {
				found = append(found, f)
			}
		}
		return found, nil
	}
	var s indexv1.State
	if err := proto.Unmarshal(m.Data(), &s); err != nil || len(t) != 3 || s.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		return nil, nil
	}
	f := Missing{Far: s.GetNetwork(), Network: s.GetNetwork(), Channel: t[1], ID: t[2], Generation: s.GetGeneration(), Parts: uint32(len(s.GetParts())), State: &s}
	if s.GetStatus() != eventv1.Status_STATUS_UNSPECIFIED {
		status := f
		status.Far, status.Status = topology.Platform, true
		if told && !q.has(status.Key()) {
			ended, err := b.ended(ctx, status)
			if err != nil {
				return nil, err
			}
			passed := false
			if !ended {
				if passed, err = b.passed(ctx, f.Far, f.Channel, s.GetOutcomeSequence()); err != nil {
					return nil, err
				}
			}
			if passed {
				found = append(found, status)
			}
		}
		if s.GetStatus() == eventv1.Status_STATUS_FAILED {
			return found, nil // nothing follows from its other parts
		}
	}
	parts, err := b.missingParts(ctx, f, q)
	return append(found, parts...), err
}

// passed says that this service has finished an entry of OUTCOMES_<far>: what follows from it is not told any more by
// reading it.
func (b *Bus) passed(ctx context.Context, far, channel string, sequence uint64) (bool, error) {
	name := topology.OutcomePartition(far, channel)
	data, _, err := b.Bucket(topology.Leases).Get(ctx, unitKey(b.name, name))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	record, err := parseRecord(data)
	if err != nil {
		return false, fmt.Errorf("record of unit %s: %w", name, err)
	}
	return record.Position >= sequence, nil
}

// ended says that there is a final outcome under the key of a send.
func (b *Bus) ended(ctx context.Context, m Missing) (bool, error) {
	var e eventv1.Event
	_, err := b.Read(ctx, topology.OutcomeSubject(m.Far, m.Channel, m.Key()), &e)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	return final(e.GetOutcome().GetResult()), nil
}

// missingParts are the parts of a message for a contact that are nowhere: not in the queue, and without an outcome.
func (b *Bus) missingParts(ctx context.Context, f Missing, q queued) (found []Missing, err error) {
	for i, status := range f.State.GetParts() {
		part := f
		part.Part = uint32(i)
		if i < len(f.State.GetPartGenerations()) {
			part.Generation = f.State.GetPartGenerations()[i]
		}
		if status != eventv1.Status_STATUS_UNSPECIFIED || q.has(part.Key()) {
			continue
		}
		ended, err := b.ended(ctx, part)
		if err != nil {
			return nil, err
		}
		if !ended {
			found = append(found, part)
		}
	}
	return found, nil
}

// EndMissing ends a send that is missing with a final outcome, once: where somebody has stored one meanwhile, that one
// stays. What went to the platform, and nobody can tell an agent about, is a dead letter too.
func (b *Bus) EndMissing(ctx context.Context, m Missing, o *eventv1.Outcome) error {
	subject := topology.OutcomeSubject(m.Far, m.Channel, m.Key())
	for range raiseTries {
		var e eventv1.Event
		revision, err := b.Read(ctx, subject, &e)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if final(e.GetOutcome().GetResult()) {
			return nil
		}
		if m.State == nil {
			if _, err := b.Publish(ctx, Post{Subject: topology.DeadSubject(b.name, m.Network, m.Channel), ID: "dead-" + m.Key(), Body: &eventv1.DeadLetter{
				Service: b.name, Network: m.Network, Channel: m.Channel, Subject: topology.EgressSubject(m.Far, m.Channel), Key: m.Key(), Reason: o.GetReason(), At: timestamppb.Now(),
			}}); err != nil {
				return err
			}
		}
		_, err = b.Replace(ctx, subject, &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: o}}, revision, 0)
		if !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("end a missing message: %w", ErrConflict)
}
