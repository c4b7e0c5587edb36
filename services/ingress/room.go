package ingress

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// fullFrom is how full a stream of unfinished work may be before nothing more is taken: before anything is lost.
const fullFrom = 0.8

// backlogKept is how long a channel's backlog is believed.
const backlogKept = time.Second

// backlogs remembers how much waits for each channel.
type backlogs struct {
	mu    sync.Mutex
	known map[string]backlog
}

type backlog struct {
	waiting uint64
	asked   time.Time
}

// room says why a channel's message cannot be taken now: the store is nearly full, or the channel has too much that
// waits. 0 where it can be. What cannot be known is no reason.
func (in *Ingress) room(ctx context.Context, c *channel) (cause string, status int, why string) {
	egress := topology.Egress(c.Network).Name
	if in.Bus.Full(ctx, topology.Messages.Name, fullFrom) || in.Bus.Full(ctx, egress, fullFrom) {
		return causeFull, http.StatusServiceUnavailable, "the gateway's store is nearly full; try again later"
	}
	if in.waiting(ctx, c) >= in.ChannelCap {
		return causeBacklog, http.StatusTooManyRequests, "too many messages of this channel wait for their network; try again later"
	}
	return "", 0, ""
}

func (in *Ingress) waiting(ctx context.Context, c *channel) uint64 {
	b, ask := in.backlogs.of(c.ID)
	if !ask {
		return b.waiting
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	waiting, err := in.Bus.Backlog(ctx, c.Network, c.ID)
	if err != nil {
		return b.waiting
	}
	b.waiting = waiting
	in.backlogs.put(c.ID, b)
	return waiting
}

// of is what is known of a channel's backlog, and whether the caller is the one to ask anew: the others believe it
// meanwhile.
func (b *backlogs) of(channel string) (known backlog, ask bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known = b.known[channel]
	if time.Since(known.asked) < backlogKept {
		return known, false
	}
	known.asked = time.Now()
	b.set(channel, known)
	return known, true
}

func (b *backlogs) put(channel string, v backlog) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.set(channel, v)
}

func (b *backlogs) set(channel string, v backlog) {
	if b.known == nil {
		b.known = map[string]backlog{}
	}
	b.known[channel] = v
}
