package ingress

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
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
func (in *Ingress) room(ctx context.Context, c *channel) (status int, why string) {
	egress := bus.Egress(c.Network).Name
	if in.Bus.Full(ctx, bus.Messages.Name, fullFrom) || in.Bus.Full(ctx, egress, fullFrom) {
		return http.StatusServiceUnavailable, "the gateway's store is nearly full; try again later"
	}
	if in.waiting(ctx, c) >= in.ChannelCap {
		return http.StatusTooManyRequests, "too many messages of this channel wait for their network; try again later"
	}
	return 0, ""
}

func (in *Ingress) waiting(ctx context.Context, c *channel) uint64 {
	in.backlogs.mu.Lock()
	defer in.backlogs.mu.Unlock()
	b := in.backlogs.known[c.ID]
	if time.Since(b.asked) < backlogKept {
		return b.waiting
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	b.asked = time.Now()
	if waiting, err := in.Bus.Backlog(ctx, c.Network, c.ID); err == nil {
		b.waiting = waiting
	}
	if in.backlogs.known == nil {
		in.backlogs.known = map[string]backlog{}
	}
	in.backlogs.known[c.ID] = b
	return b.waiting
}
