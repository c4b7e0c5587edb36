package delivery

import (
	"context"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/telemetry/meter"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// How a send whose answer was lost is settled.
const (
	doubtReceipt = "receipt"
	doubtResent  = "resent"
	doubtHeld    = "held"
)

// doubted counts an answer that was lost, where it is known at once how that is settled: where a receipt may tell, it is
// counted later.
func (s *sender) doubted(ctx context.Context, w *endpoint) {
	switch {
	case w.Hold && !w.Keyed:
		s.bus.Meter().Doubt(ctx, s.config.Far, doubtHeld)
	case w.Receipt == nil || w.Keyed:
		s.bus.Meter().Doubt(ctx, s.config.Far, doubtResent)
	}
}

// ended counts a send whose outcome is stored.
func (s *sender) ended(ctx context.Context, e *message, r eventv1.Result) {
	at := consume.AcceptedAt(e.Event)
	if at.IsZero() {
		at = e.Stored
	}
	s.bus.Meter().Ended(ctx, s.config.Far, strings.ToLower(strings.TrimPrefix(r.String(), "RESULT_")), time.Since(at))
	s.tellOutcome(ctx, e, r, time.Since(at))
}

// Why messages of a channel wait: the closed set of the label state. The first four are of the whole channel.
const (
	stateUnconfigured = "unconfigured" // nobody knows how the channel is sent to, yet or any more
	statePaused       = "paused"       // an operator paused it
	stateSuspended    = "suspended"    // its credential is refused
	stateFailing      = "failing"      // several contacts failed in a row: one send at a time asks
	stateWaiting      = "waiting"      // the destination said when to come back, or a rate is used up
	stateRetrying     = "retrying"     // after a failure of this message, or of the one before it
	stateDue          = "due"          // may be sent now
	stateActive       = "active"       // of a channel that none of the first four is true of
)

var messageStates = []string{stateUnconfigured, statePaused, stateSuspended, stateFailing, stateWaiting, stateRetrying, stateDue}

var channelStates = []string{stateActive, stateUnconfigured, statePaused, stateSuspended, stateFailing}

// backlog is what waits for one reason.
type backlog struct {
	messages int
	oldest   time.Time // when that was accepted
}

func (b *backlog) add(messages int, oldest time.Time) {
	b.messages += messages
	if !oldest.IsZero() && (b.oldest.IsZero() || oldest.Before(b.oldest)) {
		b.oldest = oldest
	}
}

// observe tells how much waits in the channels that this process sends for, and why. Every state is told, so that a figure
// that falls to nothing is seen to.
func (d *dispatcher) observe(o meter.Observer) {
	waiting, channels := map[string]*backlog{}, map[string]int{}
	for _, state := range messageStates {
		waiting[state] = &backlog{}
	}
	for _, s := range d.all() {
		if now := s.waits(); now != nil {
			state := s.state()
			channels[state]++
			measureQueue(now, state, waiting)
		}
	}
	for _, state := range channelStates {
		o.Channels(d.config.Far, state, channels[state])
	}
	for _, state := range messageStates {
		b := waiting[state]
		age := time.Duration(0)
		if !b.oldest.IsZero() {
			age = time.Since(b.oldest)
		}
		o.Backlog(d.config.Far, state, b.messages, age)
	}
}

// state is the channel's.
func (s *sender) state() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.endpoint == nil:
		return stateUnconfigured
	case s.paused != nil:
		return statePaused
	case s.suspended != nil:
		return stateSuspended
	case s.breaker.Open():
		return stateFailing
	default:
		return stateActive
	}
}

// measureQueue adds what a channel's queue holds. What a channel in trouble holds waits for that alone.
func measureQueue(now *consume.Queue, channel string, to map[string]*backlog) {
	paused := now.Paused()
	now.Look(nil, func(l consume.LaneState) {
		state := channel
		if channel == stateActive {
			state = laneState(l, paused)
		}
		to[state].add(l.Length, l.Accepted)
	})
}

// laneState is why a lane waits, by its head.
func laneState(l consume.LaneState, paused bool) string {
	switch n, _ := l.Note.(*note); {
	case !l.Due.IsZero() && n != nil && n.failed:
		return stateRetrying
	case !l.Due.IsZero() || paused:
		return stateWaiting
	default:
		return stateDue
	}
}
