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
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Missing is a send that a damaged store has lost: INDEX says that its message was taken, and no stream of unfinished work holds it, nor
// has it an outcome. It holds no content.
type Missing struct {
	// Far is the destination: the network, or [topology.Platform]. Network and Channel are the channel's.
	Far, Network, Channel string
	// ID and Generation are the message's. Part is the index of the part, from 0, and Parts the number of parts: 0 and 1 for a message
	// that was not split.
	ID          string
	Generation  uint32
	Part, Parts uint32
	// State is the record of a message to a contact, for making the outcome that [End] stores; nil for a message to the platform.
	State *indexv1.State
	// Status is true if the message itself has ended, and only the status for the platform is missing. Then Far is the platform, and
	// State is set.
	Status bool
}

// Key is the key of the send, under which its outcome and its dead letter are stored.
func (m Missing) Key() string {
	if m.Status {
		return topology.StatusKey(m.ID, m.Generation, m.State.GetStatus())
	}
	return topology.Key(m.ID, m.Generation, m.Part)
}

// search is one look for what is missing. One goroutine uses it.
type search struct {
	bus *bus.Bus
	// queued is what was seen somewhere: none of that is missing.
	queued queued
	// told says that all that was told to the platform is known; without it nothing that goes there can be called
	// missing.
	told bool
}

// missingSince is how far back from the last record [Find] looks: what is unfinished was last written when it was
// taken, which is at most as long ago as it is tried. It is counted from the last record, not from now: a service may
// have been off for days.
const missingSince = 26 * time.Hour

// Find calls tell for every [Missing] send. It looks at the records of the last 26 hours in which anything was recorded, or further back
// if an entry has waited for longer. It ends with the first error of tell or of the broker: what was told until then is true, and
// the rest is unknown.
//
// It reads all streams of unfinished work whole, and that time of INDEX and OUTCOMES_bonychat: about ten seconds for a million messages.
// Others may work meanwhile. A message that moves on while Find reads is found where it went, because the streams are read in the order
// in which messages move.
//
// With several servers Find does nothing: their copies of a stream repair each other.
func Find(ctx context.Context, b *bus.Bus, tell func(Missing) error) error {
	look := &search{bus: b, queued: queued{seed: maphash.MakeSeed(), keys: map[uint64]bool{}, parts: map[string]uint32{}}}
	// asked before the queues are read: what is recorded later may be in one that was read before
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
		// something waits for longer: its record may be as old
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
		// most searches find nothing and need not read the dead letters
		if len(found) > 0 && letters == nil {
			if letters, err = look.letterIDs(ctx); err != nil {
				return err
			}
		}
		for _, m := range found {
			// a letter is about the message itself; what the platform is told of it can be missing besides
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

// missingOf is what is missing of the message that a record is about: parts that were not sent, or the status that
// the platform is to be told. It asks for outcomes only where no queue holds the send.
//
// The subject says what record it is: seen.<network>.<channel>.<id> of a message to the platform,
// state.<channel>.<id> of one to a contact.
func (s *search) missingOf(ctx context.Context, m *bus.Message) (found []Missing, err error) {
	t := strings.Split(m.Subject, ".")
	// a record without a body is not one; what MESSAGES still holds has not been begun
	if len(m.Data) == 0 || s.queued.has("message "+t[len(t)-1]) {
		return nil, nil
	}
	if t[0] == "seen" && len(t) == 4 {
		var seen indexv1.Seen
		if err := proto.Unmarshal(m.Data, &seen); err != nil || !s.told {
			return nil, nil // the record is of no use to anybody, or nothing can be said
		}
		f := Missing{Far: topology.Platform, Network: t[1], Channel: t[2], ID: t[3], Generation: seen.GetGeneration()}
		// the record does not say how many parts it has: without one of them seen, it counts as one
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
	// a record of a message to a contact; only one that was taken can have been lost
	var state indexv1.State
	if err := proto.Unmarshal(m.Data, &state); err != nil || len(t) != 3 || state.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		return nil, nil
	}
	f := Missing{Far: state.GetNetwork(), Network: state.GetNetwork(), Channel: t[1], ID: t[2], Generation: state.GetGeneration(), Parts: uint32(len(state.GetParts())), State: &state}
	// the platform is to be told of it: that is a send too
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
	// its status does not say whether every part was sent
	parts, err := s.missingParts(ctx, f)
	return append(found, parts...), err
}

// passed says that this service has finished an entry of OUTCOMES_<far>: what follows from it is not told any more by
// reading it. Before that nothing is missing, since it is still to be read.
func (s *search) passed(ctx context.Context, far, channel string, sequence uint64) (bool, error) {
	position, err := shard.Position(ctx, kv.Open(s.bus, topology.Leases), s.bus.Name(), topology.OutcomePartition(far, channel))
	return err == nil && position >= sequence, err
}

// ended says that there is a final outcome under the key of a send. One that cannot be read is an error: it must not
// count as missing.
func (s *search) ended(ctx context.Context, m Missing) (bool, error) {
	var e eventv1.Event
	_, err := s.bus.Read(ctx, topology.OutcomeSubject(m.Far, m.Channel, m.Key()), &e)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return false, err
	}
	return record.Final(e.GetOutcome().GetResult()), nil
}

// missingParts are the parts of a message for a contact that are nowhere: not in the queue, and without an outcome.
// Each part has its own generation, since a replay sends only what was not sent.
func (s *search) missingParts(ctx context.Context, f Missing) (found []Missing, err error) {
	for i, status := range f.State.GetParts() {
		part := f
		part.Part, part.Generation = uint32(i), record.PartGeneration(f.State, uint32(i))
		// the record knows of an outcome, or a queue holds it
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
