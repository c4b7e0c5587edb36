package delivery

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// That a channel is held, by a pause or a suspension, and that it goes on, is history. Its owner tells it on OUTCOMES_*,
// where the translator finds it for the journal. The last that was told says how the channel stands: so an owner that finds
// another state tells the change that nobody told, and one that finds the same tells nothing twice.

// heldAs is how a channel is held as a whole; the zero value is not held.
type heldAs struct {
	why          reason.Reason
	since, until time.Time
}

// held is how the channel is held by a pause or a suspension.
func (s *sender) held() heldAs {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.paused != nil:
		return heldAs{s.pausedWhy().Quoting(s.paused.Reason), s.paused.Since, s.paused.Until}
	case s.suspended != nil:
		return heldAs{why: s.suspendedWhy(), since: s.suspended.Since}
	default:
		return heldAs{}
	}
}

// stands asks for a look at how the channel stands.
func (s *sender) stands() {
	if s.dispatcher != nil {
		s.dispatcher.standings.ask(s.channel)
	}
}

// standings tells how the channels stand that this process sends for. It is safe for concurrent use.
type standings struct {
	dispatcher *dispatcher
	// woken says that a channel was asked for. It holds one request.
	woken chan struct{}

	mu    sync.Mutex
	asked map[string]bool // channels to look at
	// told is what was told of channels. Only the goroutine that tells uses it.
	told map[string]*toldStanding
}

// ask asks for a look at a channel.
func (t *standings) ask(channels ...string) {
	t.mu.Lock()
	for _, c := range channels {
		t.asked[c] = true
	}
	t.mu.Unlock()
	select {
	case t.woken <- struct{}{}:
	default:
	}
}

// acquired asks for a look at the channels of a partition that are held now, or of which something was told before: who had
// the partition may not have come to tell the last.
func (t *standings) acquired(ctx context.Context, l *shard.Lease) {
	d := t.dispatcher
	var channels []string
	add := func(channel string) {
		if topology.EgressPartition(d.config.Far, channel) == partitionOf(l) {
			channels = append(channels, channel)
		}
	}
	for _, s := range d.all() {
		if !s.held().why.IsZero() {
			add(s.channel)
		}
	}
	t.ask(channels...)
	for ctx.Err() == nil {
		asking, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
		told, err := d.bus.Subjects(asking, topology.Outcomes(d.config.Far).Name, topology.StandingSubjects(d.config.Far))
		cancel()
		if err == nil {
			channels = nil
			for subject := range told {
				_, channel := topology.PlaceOf(subject)
				add(channel)
			}
			t.ask(channels...)
			return
		}
		_ = pause.For(ctx, standingEvery)
	}
}

// standingEvery bounds what is told of a channel whose holds come and go.
const standingEvery = time.Second

// run tells each change of how a channel stands while this process owns it, until the context ends. What cannot be told is tried
// again, also by the next owner.
func (t *standings) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-t.woken:
		}
		t.mu.Lock()
		asked := t.asked
		t.asked = map[string]bool{}
		t.mu.Unlock()
		rest := false // after a write, or a failure
		for channel := range asked {
			wrote, err := t.look(ctx, channel)
			if err != nil && ctx.Err() == nil {
				t.dispatcher.bus.Logger().Debug("how the channel stands is not told yet", "channel", channel, "err", err)
				t.ask(channel)
			}
			rest = rest || wrote || err != nil
		}
		if rest {
			_ = pause.For(ctx, standingEvery)
		}
	}
}

// look tells how a channel stands, where that is news, and says whether it was.
func (t *standings) look(ctx context.Context, channel string) (wrote bool, err error) {
	lease := t.dispatcher.leaseOf(channel)
	if lease == nil {
		delete(t.told, channel)
		return false, nil
	}
	told := t.told[channel]
	if told == nil || told.lease != lease { // another process may have told something meanwhile
		told = &toldStanding{lease: lease}
		t.told[channel] = told
	}
	s := t.dispatcher.hold(channel)
	defer t.dispatcher.release(s)
	wrote, err = s.tellChange(ctx, told)
	if err != nil {
		delete(t.told, channel) // it may have been stored, or another has told it
	}
	return wrote, err
}

// toldStanding is what was last told of a channel. It is read where it is not known.
type toldStanding struct {
	lease    *shard.Lease // under which it is known
	known    bool
	last     *eventv1.ChannelChange // nil where nothing was told
	revision uint64
}

// tellChange tells how the channel stands where that is news, and says whether it was.
func (s *sender) tellChange(ctx context.Context, told *toldStanding) (wrote bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	subject := topology.StandingSubject(s.config.Far, s.channel)
	if !told.known {
		var e eventv1.Event
		told.revision, err = s.bus.Read(ctx, subject, &e)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return false, err
		}
		told.known, told.last = true, e.GetChannel()
	}
	change := changeOf(told.last, s.held())
	if change == nil {
		return false, nil
	}
	change.Channel, change.Network = s.channel, s.config.Far
	if s.config.Far == topology.Platform {
		w := s.now()
		if w == nil {
			return false, nil // its network is not known: told when it is configured
		}
		change.Network = w.Network
	}
	revision, err := s.bus.Replace(ctx, subject, &eventv1.Event{Kind: &eventv1.Event_Channel{Channel: change}}, told.revision, 0)
	if err != nil {
		return false, err
	}
	told.last, told.revision = change, revision
	return true, nil
}

// changeOf is what is to be told of a channel after what was told last; nil for nothing.
func changeOf(last *eventv1.ChannelChange, now heldAs) *eventv1.ChannelChange {
	held := last.GetStanding() == eventv1.ChannelStanding_CHANNEL_STANDING_HELD
	if now.why.IsZero() {
		if !held {
			return nil
		}
		at := time.Now()
		if until := last.GetUntil(); until != nil && until.AsTime().Before(at) {
			at = until.AsTime() // it ended by itself
		}
		return &eventv1.ChannelChange{Standing: eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON, At: timestamppb.New(at)}
	}
	c := &eventv1.ChannelChange{Standing: eventv1.ChannelStanding_CHANNEL_STANDING_HELD, Why: now.why.Proto(), At: timestamppb.New(now.since)}
	if !now.until.IsZero() {
		c.Until = timestamppb.New(now.until)
	}
	if held && proto.Equal(last.GetWhy(), c.GetWhy()) && proto.Equal(last.GetUntil(), c.GetUntil()) {
		return nil
	}
	// what began before another hold ended is told from then on
	if last != nil && now.since.Before(last.GetAt().AsTime()) {
		c.At = timestamppb.Now()
	}
	return c
}
