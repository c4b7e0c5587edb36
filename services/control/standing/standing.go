// Package standing says how messages stand at this moment: whoever sends for a channel knows what its messages wait for, and the
// history learns it later.
package standing

import (
	"context"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of one round of questions.
const (
	mostChannels = 64  // that are asked about
	mostIDs      = 100 // in one question
	askWithin    = time.Second
)

// lane is one side of a channel: what one process sends.
type lane struct{ far, channel string }

// Ask asks who sends for the messages that have not ended how they stand now, within a second, and changes them. Those of which
// nobody tells stay as they are.
func Ask(ctx context.Context, b *bus.Bus, all []*controlv1.Message) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	questions := map[lane][]*controlv1.Message{}
	for _, m := range all {
		if !open(m.GetState()) {
			continue
		}
		l := lane{m.GetNetwork(), m.GetChannel()}
		if m.GetDirection() == controlv1.Direction_DIRECTION_IN {
			l.far = topology.Platform
		}
		if len(questions[l]) < mostIDs && (len(questions) < mostChannels || questions[l] != nil) {
			questions[l] = append(questions[l], m)
		}
	}
	var wg sync.WaitGroup
	for l, open := range questions {
		wg.Go(func() {
			var ids []string
			for _, m := range open {
				ids = append(ids, m.GetId())
			}
			answer := &livev1.LaneAnswer{}
			if rpc.Call(ctx, b, topology.LaneSubject(l.far, l.channel), &livev1.LaneQuestion{Ids: ids}, answer) != nil {
				return
			}
			for _, m := range open {
				apply(m, answer)
			}
		})
	}
	wg.Wait()
}

func open(state controlv1.State) bool {
	return state == controlv1.State_STATE_ACCEPTED || state == controlv1.State_STATE_WAITING
}

// apply says of a message what the process knows that sends for it. A message that is not there is on its way to it, or has
// ended a moment ago: then the history speaks.
func apply(m *controlv1.Message, answer *livev1.LaneAnswer) {
	var place *livev1.Place
	for _, p := range answer.GetPlaces() { // of several pieces the first one tells
		if p.GetId() == m.GetId() && (place == nil || p.GetPosition() < place.GetPosition()) {
			place = p
		}
	}
	if place == nil {
		return
	}
	m.Live = true
	m.Position, m.Lane, m.Behind = place.GetPosition(), place.GetLength(), place.GetBehind()
	if place.GetEnds() != nil {
		m.Ends = place.GetEnds()
	}
	if place.GetSending() {
		m.State, m.Why, m.NextTry = controlv1.State_STATE_ACCEPTED, nil, nil
		return
	}
	why, next := place.GetWhy(), place.GetNextTry()
	if answer.GetHeld() != nil { // nothing of the channel is sent, whatever the contact waits for
		why, next = answer.GetHeld(), answer.GetHeldUntil()
	}
	if why == nil && place.GetBehind() == "" {
		return
	}
	if m.GetState() != controlv1.State_STATE_WAITING {
		m.StateAt = nil // since when is not told
		if answer.GetHeld() != nil {
			m.StateAt = answer.GetHeldSince()
		}
	}
	m.State, m.Why, m.NextTry = controlv1.State_STATE_WAITING, why, next
}
