package translator

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// claim is what taking an event's id came to. The zero value is the safe one: not to be taken.
type claim int

const (
	repeated claim = iota // taken before, by another entry or as a higher generation: drop this one
	voided                // refused to the platform: drop it
	fresh                 // taken now
	mine                  // taken by an earlier try of this very entry: what follows may have been published
)

// claimInbound takes an inbound event's id. A replay of a higher generation replaces the record. An edit that says what
// was shown before is one more repeat.
func (t *Translator) claimInbound(ctx context.Context, sequence uint64, m *messagev1.Message) (claim, error) {
	c, err := t.claimSeen(ctx, sequence, m)
	if err != nil || c == repeated || m.GetEdits() == "" || m.GetContentDigest() == "" {
		return c, err
	}
	changed, err := t.changes(ctx, m)
	if err == nil && !changed {
		c = repeated
	}
	return c, err
}

// changes says whether an edit makes anything else of its message, and notes it there. The message's events come in order,
// from one lane.
func (t *Translator) changes(ctx context.Context, edit *messagev1.Message) (bool, error) {
	subject := topology.SeenSubject(edit.GetNetwork(), edit.GetChannel(), edit.GetEdits())
	var first indexv1.Seen
	revision, err := t.bus.Read(ctx, subject, &first)
	if errors.Is(err, bus.ErrNotFound) { // before this bridge, or too long ago
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if first.GetContentDigest() == edit.GetContentDigest() {
		return first.GetEditedBy() == edit.GetId(), nil // by an earlier try of this one
	}
	first.ContentDigest, first.EditedBy = edit.GetContentDigest(), edit.GetId()
	_, err = t.bus.Replace(ctx, subject, &first, revision, topology.KeepSeen)
	return true, err
}

func (t *Translator) claimSeen(ctx context.Context, sequence uint64, m *messagev1.Message) (claim, error) {
	subject := topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId())
	seen := &indexv1.Seen{Sequence: sequence, Generation: m.GetGeneration(), ContentDigest: m.GetContentDigest()}
	_, err := t.bus.Create(ctx, subject, seen, topology.KeepSeen)
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, bus.ErrExists) {
		return repeated, err
	}
	var found indexv1.Seen
	revision, err := t.bus.Read(ctx, subject, &found)
	if err != nil {
		return repeated, err
	}
	c := compare(found.GetGeneration(), seen.GetGeneration(), found.GetSequence(), seen.GetSequence())
	if c == fresh {
		_, err = t.bus.Replace(ctx, subject, seen, revision, topology.KeepSeen)
	}
	return c, err
}

// claimOutbound takes an outbound message's id. A void, which ingress left where it told the platform that the message
// was not taken, is never taken; a replay of a higher generation replaces the record. Of what is mine it returns the
// record that the earlier try made.
func (t *Translator) claimOutbound(ctx context.Context, channel, id string, state *indexv1.State) (claim, *indexv1.State, error) {
	subject := topology.StateSubject(channel, id)
	revision, err := t.bus.Create(ctx, subject, state, topology.KeepSeen)
	if err == nil {
		t.known.put(subject, state, revision)
		return fresh, nil, nil
	}
	if !errors.Is(err, bus.ErrExists) {
		return repeated, nil, err
	}
	found := &indexv1.State{}
	revision, err = t.bus.Read(ctx, subject, found)
	if err != nil {
		return repeated, nil, err
	}
	if found.GetStanding() == indexv1.Standing_STANDING_VOID {
		return voided, nil, nil
	}
	c := compare(found.GetGeneration(), state.GetGeneration(), found.GetSequence(), state.GetSequence())
	if c == fresh {
		_, err = t.bus.Replace(ctx, subject, state, revision, topology.KeepSeen)
	}
	return c, found, err
}

// compare says what a record that is there means: generations go first, sequences count within one.
func compare(foundGeneration, generation uint32, foundSequence, sequence uint64) claim {
	switch {
	case foundGeneration < generation:
		return fresh
	case foundGeneration == generation && foundSequence == sequence:
		return mine
	default:
		return repeated
	}
}
