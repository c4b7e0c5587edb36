package integrity

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/shard"
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

// search is one look for what is missing.
type search struct {
	bus    *bus.Bus
	queued queued
	told   bool // what was told to the platform is known
}

// missingSince is how far back from the last record [Find] looks: what is unfinished was last written when it was
// taken, which is at most as long ago as it is tried.
const missingSince = 26 * time.Hour

// Find tells of every send that has no entry in a queue and no outcome though INDEX says that it was begun, of the last
// day that anything was recorded, or of as long as something waits. It reads the queues whole, and of INDEX and
// OUTCOMES_bonychat that time: about ten seconds for a million messages. Others may work meanwhile: what moves on while it
// looks is found where it went, because it looks in the order in which messages move. What has a dead letter is not
// missing: it was given up, or its replay was interrupted. Streams on several servers mend each other, and are not looked
// through.
func Find(ctx context.Context, b *bus.Bus, tell func(Missing) error) error {
	look := &search{bus: b, queued: queued{seed: maphash.MakeSeed(), keys: map[uint64]bool{}, parts: map[string]uint32{}}}
	index, err := b.State(ctx, topology.Index.Name)
	if err != nil || index.Messages == 0 || index.Replicas > 1 {
		return err
	}
	queues, err := look.queues(ctx)
	if err != nil {
		return err
	}
	since := index.LastTime
	for _, name := range queues {
		first, err := look.queuedIn(ctx, name)
		if err != nil {
			return err
		}
		if !first.IsZero() && first.Before(since) {
			since = first
		}
	}
	since = since.Add(-missingSince)
	if look.told, err = look.platformTold(ctx, since); err != nil {
		return err
	}
	var letters map[string]bool // the ids in the dead letters, read once somebody asks
	return b.Each(ctx, topology.Index.Name, []string{"state.>", "seen.>"}, since, func(m *bus.Message) error {
		if m.Sequence > index.Last {
			return nil // written since: it was looked for too early
		}
		found, err := look.missingOf(ctx, m)
		if err != nil {
			return err
		}
		if len(found) > 0 && letters == nil {
			if letters, err = look.letterIDs(ctx); err != nil {
				return err
			}
		}
		for _, m := range found {
			if !m.Status && letters[m.ID] {
				continue
			}
			if err := tell(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// missingOf is what is missing of the message that a record is about.
func (s *search) missingOf(ctx context.Context, m *bus.Message) (found []Missing, err error) {
	t := strings.Split(m.Subject, ".")
	if len(m.Data) == 0 || s.queued.has("message "+t[len(t)-1]) {
		return nil, nil
	}
	if t[0] == "seen" && len(t) == 4 {
		var seen indexv1.Seen
		if err := proto.Unmarshal(m.Data, &seen); err != nil || !s.told {
			return nil, nil // the record is of no use to anybody, or nothing can be said
		}
		f := Missing{Far: topology.Platform, Network: t[1], Channel: t[2], ID: t[3], Generation: seen.GetGeneration()}
		f.Parts = max(1, s.queued.parts[fmt.Sprintf("%s-%d", f.ID, f.Generation)])
		for ; f.Part < f.Parts; f.Part++ {
			if s.queued.has(f.Key()) {
				continue
			}
			ended, err := s.ended(ctx, f)
			if err != nil {
				return nil, err
			}
			if !ended {
				found = append(found, f)
			}
		}
		return found, nil
	}
	var state indexv1.State
	if err := proto.Unmarshal(m.Data, &state); err != nil || len(t) != 3 || state.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		return nil, nil
	}
	f := Missing{Far: state.GetNetwork(), Network: state.GetNetwork(), Channel: t[1], ID: t[2], Generation: state.GetGeneration(), Parts: uint32(len(state.GetParts())), State: &state}
	if state.GetStatus() != eventv1.Status_STATUS_UNSPECIFIED {
		status := f
		status.Far, status.Status = topology.Platform, true
		if s.told && !s.queued.has(status.Key()) {
			ended, err := s.ended(ctx, status)
			if err != nil {
				return nil, err
			}
			passed := false
			if !ended {
				if passed, err = s.passed(ctx, f.Far, f.Channel, state.GetOutcomeSequence()); err != nil {
					return nil, err
				}
			}
			if passed {
				found = append(found, status)
			}
		}
		if state.GetStatus() == eventv1.Status_STATUS_FAILED {
			return found, nil // nothing follows from its other parts
		}
	}
	parts, err := s.missingParts(ctx, f)
	return append(found, parts...), err
}

// passed says that this service has finished an entry of OUTCOMES_<far>: what follows from it is not told any more by
// reading it.
func (s *search) passed(ctx context.Context, far, channel string, sequence uint64) (bool, error) {
	position, err := shard.Position(ctx, s.bus.Bucket(topology.Leases), s.bus.Name(), topology.OutcomePartition(far, channel))
	return err == nil && position >= sequence, err
}

// ended says that there is a final outcome under the key of a send.
func (s *search) ended(ctx context.Context, m Missing) (bool, error) {
	var e eventv1.Event
	_, err := s.bus.Read(ctx, topology.OutcomeSubject(m.Far, m.Channel, m.Key()), &e)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return false, err
	}
	return record.Final(e.GetOutcome().GetResult()), nil
}

// missingParts are the parts of a message for a contact that are nowhere: not in the queue, and without an outcome.
func (s *search) missingParts(ctx context.Context, f Missing) (found []Missing, err error) {
	for i, status := range f.State.GetParts() {
		part := f
		part.Part, part.Generation = uint32(i), record.PartGeneration(f.State, uint32(i))
		if status != eventv1.Status_STATUS_UNSPECIFIED || s.queued.has(part.Key()) {
			continue
		}
		ended, err := s.ended(ctx, part)
		if err != nil {
			return nil, err
		}
		if !ended {
			found = append(found, part)
		}
	}
	return found, nil
}
