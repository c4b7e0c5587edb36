package record

import (
	"context"

	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// The dedupe record of a message to the platform, Seen, and its transitions.

// ClaimInbound takes a message to the platform; sequence is that of its entry in MESSAGES. The result is never [Voided]. A higher
// generation, which is a replay, replaces the record. An edit with the text that was last shown is [Repeated]. The events of one
// message have to be claimed one after the other.
func (ix *Index) ClaimInbound(ctx context.Context, sequence uint64, m *messagev1.Message) (Claim, error) {
	seen := &indexv1.Seen{Sequence: sequence, Generation: m.GetGeneration(), ContentDigest: m.GetContentDigest()}
	claim := Fresh
	_, err := create(ctx, ix.store, topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId()), seen, Keep, func(there *indexv1.Seen, _ uint64) bool {
		claim = claimed(there.GetGeneration(), seen.GetGeneration(), there.GetSequence(), seen.GetSequence())
		return claim == Fresh
	})
	if err != nil {
		return Repeated, about(err, "dedupe record of message %s", m.GetId())
	}
	if claim == Repeated || m.GetEdits() == "" || m.GetContentDigest() == "" {
		return claim, nil
	}
	changes := true
	err = change(ctx, ix.store, topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetEdits()), Keep, func(found bool, first *indexv1.Seen) (write bool, _ error) {
		if !found {
			changes = true // of a message from before this bridge, or too long ago
			return false, nil
		}
		changes, write = edit(first, m)
		return write, nil
	})
	if err != nil {
		return Repeated, about(err, "dedupe record of message %s", m.GetEdits())
	}
	if !changes {
		return Repeated, nil
	}
	return claim, nil
}

// edit is the event "this edit is to be shown", with the record of the message that it edits. It says whether the edit
// changes what is shown, and whether that is to be written: an edit that is handled again changes it once more.
func edit(first *indexv1.Seen, e *messagev1.Message) (changes, write bool) {
	if first.GetContentDigest() == e.GetContentDigest() {
		return first.GetEditedBy() == e.GetId(), false
	}
	first.ContentDigest, first.EditedBy = e.GetContentDigest(), e.GetId()
	return true, true
}

// replaySeen is the event "a message that was given up in the generation before next is to be sent again". The generation
// never goes down, and an interrupted replay is done again with the same result.
func replaySeen(s *indexv1.Seen, next uint32) Replay {
	switch {
	case s.GetGeneration() > next:
		return ReplayDone
	case s.GetGeneration() == next:
		return ReplayResumed
	default:
		s.Generation = next
		return ReplayStarted
	}
}

// Taken says that a message to the platform was taken already, by any channel of its network.
func Taken(ctx context.Context, b interface {
	Subjects(ctx context.Context, stream, filter string) (map[string]uint64, error)
}, network, id string) (bool, error) {
	seen, err := b.Subjects(ctx, topology.Index.Name, topology.SeenSubject(network, "*", id))
	return len(seen) > 0, err
}
