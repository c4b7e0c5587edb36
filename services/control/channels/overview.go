// Package channels shows and changes channels: the ChannelService of the control API.
package channels

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of asking the processes that send.
const (
	// askWithin is how long all of them have together.
	askWithin = 2 * time.Second
	// askAtOnce is how many are asked at once, and mostAsked how many in all: those with most messages waiting. Of the
	// others it is known how much waits, and no more.
	askAtOnce = 64
	mostAsked = 2000
)

// suspension is what is read of a suspended channel: see pkg/delivery.
type suspension struct {
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
}

// Side is how one side of a channel stands: what is to be sent to its network, or to the platform.
type Side struct {
	// Far is the channel's network, or [topology.Platform].
	Far string
	// Waiting is how many messages wait.
	Waiting uint64
	// Pause and Suspended are why nothing is sent; nil where that is not so.
	Pause     *directory.Pause
	suspended *suspension
	// Live is what the process says that sends for it; nil where there was nobody to ask.
	Live *livev1.LaneAnswer
	// Oldest is when the oldest message was stored to be sent; zero where nothing waits.
	Oldest time.Time
}

// Standing is how one channel stands.
type Standing struct {
	// Settings are the channel's.
	Settings directory.Channel
	// ToNetwork and ToPlatform are its two sides.
	ToNetwork, ToPlatform Side
}

func newStanding(c directory.Channel) *Standing {
	return &Standing{Settings: c, ToNetwork: Side{Far: c.Network}, ToPlatform: Side{Far: topology.Platform}}
}

// Overview is how channels stand, by id: those of a network, or of all for "". Who sends for them is asked, and does not have
// to answer.
func Overview(ctx context.Context, b *bus.Bus, network string) ([]*Standing, error) {
	known, err := directory.List(ctx, b)
	if err != nil {
		return nil, err
	}
	var all []*Standing
	for _, c := range known {
		if network == "" || c.Network == network {
			all = append(all, newStanding(c))
		}
	}
	return all, fill(ctx, b, all)
}

// Of is how one channel stands, or [bus.ErrNotFound].
func Of(ctx context.Context, b *bus.Bus, id string) (*Standing, error) {
	c, err := directory.Find(ctx, b, id)
	if err != nil {
		return nil, err
	}
	s := newStanding(c)
	return s, fill(ctx, b, []*Standing{s})
}

// Busy are those sides towards one destination that hold something, of channels that are no longer configured too. It costs
// one look at the bucket of channels, one at the subjects of the stream, and a question for each of the busiest.
func Busy(ctx context.Context, b *bus.Bus, far string) (sides []*Side, err error) {
	holds, err := readHolds(ctx, b)
	if err != nil {
		return nil, err
	}
	counts, err := backlog(ctx, b, far)
	if err != nil {
		return nil, err
	}
	var ask []question
	for subject, waiting := range counts {
		_, id := topology.PlaceOf(subject)
		side := &Side{Far: far, Waiting: waiting}
		holds.on(side, id)
		sides, ask = append(sides, side), append(ask, question{side, id})
	}
	return sides, askAll(ctx, b, ask)
}

// holds are what is stored of how channels are held.
type holds struct {
	stored map[string][]byte
	paused map[string]*directory.Pause
}

func readHolds(ctx context.Context, b *bus.Bus) (h holds, err error) {
	if h.stored, err = kv.Open(b, topology.Channels).All(ctx); err != nil {
		return h, err
	}
	pauses, err := directory.Pauses(ctx, b)
	h.paused = map[string]*directory.Pause{}
	for i, p := range pauses {
		h.paused[p.Far+"."+p.Channel] = &pauses[i]
	}
	return h, err
}

// on says of a side how it is held.
func (h holds) on(side *Side, id string) {
	side.Pause = h.paused[side.Far+"."+id]
	if data, ok := h.stored["state."+side.Far+"."+id]; ok {
		side.suspended = &suspension{}
		_ = json.Unmarshal(data, side.suspended) // what cannot be read says that much
	}
}

// fill finds out how channels stand.
func fill(ctx context.Context, b *bus.Bus, all []*Standing) error {
	holds, err := readHolds(ctx, b)
	if err != nil {
		return err
	}
	waiting := map[string]map[string]uint64{}
	var ask []question
	for _, s := range all {
		for _, side := range []*Side{&s.ToNetwork, &s.ToPlatform} {
			counts, ok := waiting[side.Far]
			if !ok {
				if counts, err = backlog(ctx, b, side.Far); err != nil {
					return err
				}
				waiting[side.Far] = counts
			}
			side.Waiting = counts[topology.EgressSubject(side.Far, s.Settings.ID)]
			holds.on(side, s.Settings.ID)
			if side.Waiting > 0 || side.suspended != nil || side.Pause != nil {
				ask = append(ask, question{side, s.Settings.ID})
			}
		}
	}
	return askAll(ctx, b, ask)
}

// backlog is how much waits for each channel of a destination, by subject. One whose stream is not there has nothing.
func backlog(ctx context.Context, b *bus.Bus, far string) (map[string]uint64, error) {
	names, err := b.StreamNames(ctx)
	if err != nil || !slices.Contains(names, topology.Egress(far).Name) {
		return nil, err
	}
	return b.Subjects(ctx, topology.Egress(far).Name, topology.EgressSubjects(far))
}

// question is one side of one channel.
type question struct {
	side *Side
	id   string
}

// askAll asks who sends for these.
func askAll(ctx context.Context, b *bus.Bus, ask []question) error {
	slices.SortStableFunc(ask, func(x, y question) int { return cmp.Compare(y.side.Waiting, x.side.Waiting) })
	ask = ask[:min(len(ask), mostAsked)]
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	var wg sync.WaitGroup
	room := make(chan struct{}, askAtOnce)
	for _, q := range ask {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			answer := &livev1.LaneAnswer{}
			if err := rpc.Call(ctx, b, topology.LaneSubject(q.side.Far, q.id), &livev1.LaneQuestion{}, answer); err == nil {
				q.side.Live = answer
				if answer.GetOldest() != nil {
					q.side.Oldest = answer.GetOldest().AsTime()
				}
				return
			}
			if q.side.Waiting == 0 {
				return
			}
			if m, err := b.Next(ctx, topology.Egress(q.side.Far).Name, topology.EgressSubject(q.side.Far, q.id), 1); err == nil {
				q.side.Oldest = m.Stored
			}
		})
	}
	wg.Wait()
	return nil
}

// isChannel says whether a text can be the id of a channel.
func isChannel(id string) bool { return bus.CheckFilter(id) == nil && !strings.ContainsAny(id, ".*>") }

func isNotFound(err error) bool { return errors.Is(err, bus.ErrNotFound) }
