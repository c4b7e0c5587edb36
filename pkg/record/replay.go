package record

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Replay says whether a message is to be published again. The zero value is the safe one: it is not.
type Replay int

// The results of a replay.
const (
	ReplayDone    Replay = iota // publish nothing: it was replayed before, or sent after all
	ReplayStarted               // publish: the generation is advanced now, and nothing of it was published before
	ReplayResumed               // publish as a possible repeat: an earlier replay advanced the generation and may have published
)

// ErrNotReplayable means that a message cannot be sent again, now or later.
var ErrNotReplayable = errors.New("it cannot be brought back")

// Given is a part that is to be sent again.
type Given struct {
	// Part is its index, Generation the one in which it was given up.
	Part, Generation uint32
	// Taken is true when the network had taken the part and reported later that it failed. To the network the part is a new
	// message now, with another idempotency key.
	Taken bool
}

// MostResent is how often one part may be sent again after its network took it. The limit is the alphabet: one letter tells its
// idempotency keys apart.
const MostResent = 26

// Standing is the state of a message to a contact; nil, without an error, if none is remembered.
func (ix *Index) Standing(ctx context.Context, channel, id string) (*indexv1.State, error) {
	s := &indexv1.State{}
	_, err := ix.store.Read(ctx, topology.StateSubject(channel, id), s)
	if errors.Is(err, bus.ErrNotFound) || err == nil && s.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		return nil, nil
	}
	return s, about(err, "state of message %s", id)
}

// ReplayOutbound takes parts of a message to a contact, or a whole one, to the generation after the one in which each was given up.
// again are the indexes of the parts that the caller has to publish. It fails with [ErrNotReplayable] where the message cannot be
// sent again, now or later. A replay that was interrupted is done again by the same call, with the same result.
func (ix *Index) ReplayOutbound(ctx context.Context, m *messagev1.Message, parts []Given) (r Replay, again []uint32, err error) {
	count := max(1, m.GetPart().GetCount())
	err = change(ctx, ix.store, topology.StateSubject(m.GetChannel(), m.GetId()), KeepFailed, func(found bool, s *indexv1.State) (bool, error) {
		switch {
		case !found:
			return false, fmt.Errorf("%w: what is known of the message has been forgotten", ErrNotReplayable)
		case s.GetStanding() != indexv1.Standing_STANDING_TAKEN:
			return false, errVoid
		case len(s.GetParts()) != int(count):
			return false, fmt.Errorf("%w: it has %d parts and is remembered with %d", ErrNotReplayable, count, len(s.GetParts()))
		case slices.ContainsFunc(parts, func(p Given) bool { return p.Part >= count }):
			return false, fmt.Errorf("%w: it has %d parts, and a dead letter is of another", ErrNotReplayable, count)
		case slices.ContainsFunc(parts, func(p Given) bool {
			return p.Taken && p.Generation == PartGeneration(s, p.Part) && PartResent(s, p.Part) >= MostResent
		}):
			return false, fmt.Errorf("%w: it was sent again %d times", ErrNotReplayable, MostResent)
		}
		r, again = replay(s, parts, time.Now())
		return r == ReplayStarted, nil
	})
	if err != nil {
		return ReplayDone, nil, replayError(err)
	}
	return r, again, nil
}

// ReplayInbound takes a message to the platform to the generation after its own. If its record is gone, a new one is made.
func (ix *Index) ReplayInbound(ctx context.Context, m *messagev1.Message) (r Replay, err error) {
	subject := topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId())
	err = change(ctx, ix.store, subject, Keep, func(_ bool, s *indexv1.Seen) (bool, error) {
		r = replaySeen(s, m.GetGeneration()+1)
		return r == ReplayStarted, nil
	})
	if err != nil {
		return ReplayDone, replayError(err)
	}
	return r, nil
}

// Replayed says whether a message that was given up before it was ready for its destination was replayed already: its record
// then has a higher generation. It writes nothing: the claim of the message's next entry advances the generation.
func (ix *Index) Replayed(ctx context.Context, m *messagev1.Message) (bool, error) {
	if m.GetDirection() != messagev1.Direction_DIRECTION_OUTBOUND {
		var seen indexv1.Seen
		_, err := ix.store.Read(ctx, topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId()), &seen)
		return seen.GetGeneration() > m.GetGeneration(), replayError(unlessNotFound(err))
	}
	var s indexv1.State
	_, err := ix.store.Read(ctx, topology.StateSubject(m.GetChannel(), m.GetId()), &s)
	if err == nil && s.GetStanding() == indexv1.Standing_STANDING_VOID {
		return false, errVoid
	}
	return s.GetGeneration() > m.GetGeneration(), replayError(unlessNotFound(err))
}

var errVoid = fmt.Errorf("%w: the platform was told that it was not taken", ErrNotReplayable)

// unlessNotFound is no error where the record is not there.
func unlessNotFound(err error) error {
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	return err
}

func replayError(err error) error {
	if err == nil || errors.Is(err, ErrNotReplayable) {
		return err
	}
	return fmt.Errorf("advance the generation: %w", err)
}
