// Package standing tells that channels are held, by a pause or a suspension, and that they go on: that is history. Who owns a channel
// tells it on OUTCOMES_*, where the translator finds it for the journal. The last that was told says how the channel stands: so an
// owner that finds another state tells the change that nobody told, and one that finds the same tells nothing twice.
package standing

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Source is who knows the channels of a destination. Many goroutines may call it.
type Source interface {
	// LeaseOf is the lease of the partition that a channel is in, nil where another process has it.
	LeaseOf(channel string) *shard.Lease
	// Standing is how a channel is held, zero where it is not, and its network; "" where that is not known. A change of either has
	// [Teller.Ask] called.
	Standing(channel string) (held gate.Hold, network string)
}

// Teller tells how the channels stand that this process sends for. It is safe for concurrent use.
type Teller struct {
	bus    *bus.Bus
	far    string
	source Source
	// woken says that a channel was asked for. It holds one request.
	woken chan struct{}

	mu    sync.Mutex
	asked map[string]bool // channels to look at
	// told is what was told of channels. Only the goroutine that tells uses it.
	told map[string]*told
}

// New makes who tells of the channels of a destination; [Teller.Run] does.
func New(b *bus.Bus, far string, s Source) *Teller {
	return &Teller{bus: b, far: far, source: s, woken: make(chan struct{}, 1), asked: map[string]bool{}, told: map[string]*told{}}
}

// Ask asks for a look at channels. It does not wait.
func (t *Teller) Ask(channels ...string) {
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

// Acquired asks for a look at the channels of a partition of EGRESS_* of which something was told before: who had the partition may
// not have come to tell the last. Those that are held now are the caller's to ask for. It returns once the broker has answered, or
// when the context ends.
func (t *Teller) Acquired(ctx context.Context, partition string) {
	for ctx.Err() == nil {
		asking, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
		subjects, err := t.bus.Subjects(asking, topology.Outcomes(t.far).Name, topology.StandingSubjects(t.far))
		cancel()
		if err == nil {
			var channels []string
			for subject := range subjects {
				if _, channel := topology.PlaceOf(subject); topology.EgressPartition(t.far, channel) == partition {
					channels = append(channels, channel)
				}
			}
			t.Ask(channels...)
			return
		}
		_ = pause.For(ctx, tellEvery)
	}
}

// tellEvery bounds what is told of a channel whose holds come and go.
const tellEvery = time.Second

// Run tells each change of how a channel stands while this process owns it, until the context ends. What cannot be told is tried
// again, also by the next owner.
func (t *Teller) Run(ctx context.Context) {
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
				t.bus.Logger().Debug("how the channel stands is not told yet", "channel", channel, "err", err)
				t.Ask(channel)
			}
			rest = rest || wrote || err != nil
		}
		if rest {
			_ = pause.For(ctx, tellEvery)
		}
	}
}

// look tells how a channel stands, where that is news, and says whether it was.
func (t *Teller) look(ctx context.Context, channel string) (wrote bool, err error) {
	lease := t.source.LeaseOf(channel)
	if lease == nil {
		delete(t.told, channel)
		return false, nil
	}
	last := t.told[channel]
	if last == nil || last.lease != lease { // another process may have told something meanwhile
		last = &told{lease: lease}
		t.told[channel] = last
	}
	wrote, err = t.tell(ctx, channel, last)
	if err != nil {
		delete(t.told, channel) // it may have been stored, or another has told it
	}
	return wrote, err
}

// told is what was last told of a channel. It is read where it is not known.
type told struct {
	lease    *shard.Lease // under which it is known
	known    bool
	last     *eventv1.ChannelChange // nil where nothing was told
	revision uint64
}

// tell tells how a channel stands where that is news, and says whether it was.
func (t *Teller) tell(ctx context.Context, channel string, told *told) (wrote bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	subject := topology.StandingSubject(t.far, channel)
	if !told.known {
		var e eventv1.Event
		told.revision, err = t.bus.Read(ctx, subject, &e)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return false, err
		}
		told.known, told.last = true, e.GetChannel()
	}
	held, network := t.source.Standing(channel)
	change := changeOf(told.last, held, time.Now())
	if change == nil || network == "" { // told when its network is known
		return false, nil
	}
	change.Channel, change.Network = channel, network
	event := &eventv1.Event{Kind: &eventv1.Event_Channel{Channel: change}}
	revision, err := t.bus.Replace(ctx, subject, event, told.revision, 0)
	if errors.Is(err, bus.ErrConflict) {
		// what was told last may be purged, and is still the last that was told
		if _, readErr := t.bus.Read(ctx, subject, &eventv1.Event{}); errors.Is(readErr, bus.ErrNotFound) {
			revision, err = t.bus.Replace(ctx, subject, event, 0, 0)
		}
	}
	if err != nil {
		return false, err
	}
	told.last, told.revision = change, revision
	return true, nil
}

// changeOf is what is to be told of a channel after what was told last; nil for nothing.
func changeOf(last *eventv1.ChannelChange, held gate.Hold, now time.Time) *eventv1.ChannelChange {
	was := last.GetStanding() == eventv1.ChannelStanding_CHANNEL_STANDING_HELD
	if held.Why.IsZero() {
		if !was {
			return nil
		}
		at := now
		if until := last.GetUntil(); until != nil && until.AsTime().Before(at) {
			at = until.AsTime() // it ended by itself
		}
		return &eventv1.ChannelChange{Standing: eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON, At: timestamppb.New(at)}
	}
	c := &eventv1.ChannelChange{Standing: eventv1.ChannelStanding_CHANNEL_STANDING_HELD, Why: held.Why.Proto(), At: timestamppb.New(held.Since)}
	if !held.Until.IsZero() {
		c.Until = timestamppb.New(held.Until)
	}
	if was && proto.Equal(last.GetWhy(), c.GetWhy()) && proto.Equal(last.GetUntil(), c.GetUntil()) {
		return nil
	}
	// what began before another hold ended is told from then on
	if last != nil && held.Since.Before(last.GetAt().AsTime()) {
		c.At = timestamppb.New(now)
	}
	return c
}
