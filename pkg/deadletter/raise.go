package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// standing is what the record of a message says of a replay. The zero value is the safe one.
type standing int

const (
	standsDone   standing = iota // brought back before, or sent after all
	standsRaised                 // the generation is raised now: nothing of it was published before
	standsBegun                  // an earlier replay raised it and may have published
)

// raiseTries bounds how often a record that others change is read again.
const raiseTries = 10

// raise brings the generation of a message's record from that of these letters to the next. again are the parts
// that are to be published.
func (r *replayer) raise(ctx context.Context, parts []loadedLetter) (s standing, again []loadedLetter, err error) {
	for range raiseTries {
		if parts[0].Kind == Outbound {
			s, again, err = r.raiseState(ctx, parts)
		} else {
			again = parts
			s, err = r.raiseSeen(ctx, parts[0].message())
		}
		if !errors.Is(err, bus.ErrConflict) {
			return s, again, err
		}
	}
	return standsDone, nil, fmt.Errorf("raise the generation: %w", bus.ErrConflict)
}

// raiseSeen is of a message to the platform. The record may have been forgotten: it is made anew.
func (r *replayer) raiseSeen(ctx context.Context, m *messagev1.Message) (standing, error) {
	subject := topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId())
	var seen indexv1.Seen
	revision, err := r.bus.Read(ctx, subject, &seen)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return standsDone, err
	}
	switch next := m.GetGeneration() + 1; {
	case seen.GetGeneration() > next:
		return standsDone, nil
	case seen.GetGeneration() == next:
		return standsBegun, nil
	default:
		seen.Generation = next
		_, err := r.bus.Replace(ctx, subject, &seen, revision, topology.KeepSeen)
		return standsRaised, err
	}
}

// raiseState is of a message to a contact. Only the parts that go again start anew.
func (r *replayer) raiseState(ctx context.Context, parts []loadedLetter) (standing, []loadedLetter, error) {
	m := parts[0].message()
	subject := topology.StateSubject(m.GetChannel(), m.GetId())
	var s indexv1.State
	revision, err := r.bus.Read(ctx, subject, &s)
	if errors.Is(err, bus.ErrNotFound) {
		return standsDone, nil, fmt.Errorf("%w: what is known of the message has been forgotten", ErrFinal)
	}
	if err != nil {
		return standsDone, nil, err
	}
	if s.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		return standsDone, nil, fmt.Errorf("%w: the platform was told that it was not taken", ErrFinal)
	}
	if len(s.GetParts()) != int(parts[0].Parts) {
		return standsDone, nil, fmt.Errorf("%w: it has %d parts and is remembered with %d", ErrFinal, parts[0].Parts, len(s.GetParts()))
	}
	next := m.GetGeneration() + 1
	if s.GetGeneration() > next {
		return standsDone, nil, nil
	}
	if s.GetGeneration() == next {
		again := begun(&s, parts)
		if len(again) == 0 {
			return standsDone, nil, nil
		}
		return standsBegun, again, nil
	}
	again := slices.DeleteFunc(slices.Clone(parts), func(l loadedLetter) bool { return arrived(s.GetParts()[l.Part]) })
	if len(again) == 0 {
		return standsDone, nil, nil
	}
	restart(&s, again, next)
	_, err = r.bus.Replace(ctx, subject, &s, revision, topology.KeepFailed)
	return standsRaised, again, err
}

// arrived says that the network took it: its letter was written by somebody who did not know.
func arrived(s eventv1.Status) bool {
	return s != eventv1.Status_STATUS_UNSPECIFIED && s != eventv1.Status_STATUS_FAILED
}

// begun are the parts that an earlier replay started anew; none where there is news of one, since then all are on their
// way.
func begun(s *indexv1.State, parts []loadedLetter) (again []loadedLetter) {
	for _, l := range parts {
		if int(l.Part) >= len(s.GetPartGenerations()) || s.GetPartGenerations()[l.Part] != s.GetGeneration() {
			continue
		}
		if s.GetParts()[l.Part] != eventv1.Status_STATUS_UNSPECIFIED {
			return nil
		}
		again = append(again, l)
	}
	return again
}

// restart is the state of a message whose parts go again.
func restart(s *indexv1.State, parts []loadedLetter, generation uint32) {
	if len(s.GetPartGenerations()) != len(s.GetParts()) {
		s.PartGenerations = make([]uint32, len(s.GetParts()))
		for i := range s.PartGenerations {
			s.PartGenerations[i] = s.GetGeneration()
		}
	}
	for _, l := range parts {
		s.Parts[l.Part], s.PartGenerations[l.Part] = eventv1.Status_STATUS_UNSPECIFIED, generation
	}
	s.Generation, s.OutcomeSequence, s.ReplayedAt, s.Contents = generation, 0, timestamppb.Now(), nil
	for _, status := range s.GetParts() {
		if status == eventv1.Status_STATUS_FAILED {
			return // another part was taken and did not arrive: the message stays failed
		}
	}
	s.Status, s.Reason = eventv1.Status_STATUS_UNSPECIFIED, ""
}

// takenSince says that a message which the translator gave up was brought back before.
func (r *replayer) takenSince(ctx context.Context, m *messagev1.Message) (bool, error) {
	if m.GetDirection() != messagev1.Direction_DIRECTION_OUTBOUND {
		var seen indexv1.Seen
		_, err := r.bus.Read(ctx, topology.SeenSubject(m.GetNetwork(), m.GetChannel(), m.GetId()), &seen)
		if errors.Is(err, bus.ErrNotFound) {
			return false, nil
		}
		return seen.GetGeneration() > m.GetGeneration(), err
	}
	var s indexv1.State
	_, err := r.bus.Read(ctx, topology.StateSubject(m.GetChannel(), m.GetId()), &s)
	switch {
	case errors.Is(err, bus.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case s.GetStanding() == indexv1.Standing_STANDING_VOID:
		return false, fmt.Errorf("%w: the platform was told that it was not taken", ErrFinal)
	}
	return s.GetGeneration() > m.GetGeneration(), nil
}
