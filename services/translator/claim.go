package translator

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// claim is what taking an event's id came to. The zero value is the safe one: not to be taken.
type claim int

const (
	repeated claim = iota // taken before, by another entry: drop this one
	fresh                 // taken now
	mine                  // taken by an earlier try of this very entry: what follows may have been published
)

// claimInbound takes an inbound event's id.
func (t *Translator) claimInbound(ctx context.Context, sequence uint64, network, channel, id string) (claim, error) {
	subject := bus.SeenSubject(network, channel, id)
	_, err := t.bus.Create(ctx, subject, &indexv1.Seen{Sequence: sequence}, bus.KeepSeen)
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, bus.ErrExists) {
		return repeated, err
	}
	var seen indexv1.Seen
	if _, err := t.bus.Read(ctx, subject, &seen); err != nil {
		return repeated, err
	}
	if seen.GetSequence() == sequence {
		return mine, nil
	}
	return repeated, nil
}

// claimOutbound takes an outbound message's id. A void, which ingress left where it told the platform that the message
// was not taken, is never taken; a replay of a higher generation replaces the record.
func (t *Translator) claimOutbound(ctx context.Context, channel, id string, state *indexv1.State) (claim, error) {
	subject := bus.StateSubject(channel, id)
	revision, err := t.bus.Create(ctx, subject, state, bus.KeepSeen)
	if err == nil {
		t.known.put(subject, state, revision)
		return fresh, nil
	}
	if !errors.Is(err, bus.ErrExists) {
		return repeated, err
	}
	var found indexv1.State
	revision, err = t.bus.Read(ctx, subject, &found)
	switch {
	case err != nil:
		return repeated, err
	case found.GetStanding() == indexv1.Standing_STANDING_VOID:
		return repeated, nil
	case found.GetGeneration() < state.GetGeneration():
		_, err := t.bus.Replace(ctx, subject, state, revision, bus.KeepSeen)
		return fresh, err
	case found.GetSequence() == state.GetSequence():
		return mine, nil
	default:
		return repeated, nil
	}
}
