package ingress

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/ingress/channels"
)

// fullFrom is how full a stream of unfinished work may be before nothing more is taken: before anything is lost.
const fullFrom = 0.8

// Times of what is known of backlogs: so long a channel may be taken for one with room that has none any more, and as long for one
// without that has some again.
const (
	// backlogKept is how long an answer is believed, before the broker is asked anew.
	backlogKept = time.Second
	// backlogOld is after what an answer is believed no more, since the broker has not answered since.
	backlogOld = 2 * time.Second
)

// room says why a channel's message cannot be taken now: the store is nearly full, or the channel has too much that
// waits. 0 where it can be. What cannot be known is no reason.
func (in *Ingress) room(ctx context.Context, c *channels.Channel) (cause string, status int, why string) {
	egress := topology.Egress(c.Network).Name
	if in.Bus.Full(ctx, topology.Messages.Name, fullFrom) || in.Bus.Full(ctx, egress, fullFrom) {
		return causeFull, http.StatusServiceUnavailable, "the gateway's store is nearly full; try again later"
	}
	if in.crowded(ctx, c) {
		return causeBacklog, http.StatusTooManyRequests, "too many messages of this channel wait for their network; try again later"
	}
	return "", 0, ""
}

// crowded says that a channel has too much that waits. Where all channels of its network together have not, which the request that
// asks whether there is room says too, nothing more is asked. Else one request a second tells of all of them.
func (in *Ingress) crowded(ctx context.Context, c *channels.Channel) bool {
	state, asked := in.Bus.Recent(ctx, topology.Egress(c.Network).Name)
	if !in.tooMuch(state, state.Messages) && time.Since(asked) < backlogOld {
		return false
	}
	crowded, ask := in.backlogs.of(c.Network)
	if !ask {
		return crowded[c.ID]
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second) // whoever asks holds up the answer to somebody
	defer cancel()
	waiting, err := in.Bus.Subjects(ctx, topology.Egress(c.Network).Name, topology.EgressSubjects(c.Network))
	if err != nil {
		return crowded[c.ID]
	}
	crowded = map[string]bool{}
	for subject, n := range waiting {
		if in.tooMuch(state, n) {
			_, channel := topology.PlaceOf(subject)
			crowded[channel] = true
		}
	}
	in.backlogs.put(c.Network, crowded)
	return crowded[c.ID]
}

// tooMuch says that so many messages, of all that wait for a network, are too many for one channel: over the channel's cap, or over
// the room that is left before the door closes for all, if they are as large as the others. The broker counts messages by channel and
// bytes only together, so their size is an estimate. A bound that shrinks with the room leaves some in any case: a channel whose messages
// are as large as the others gets at most half of it, and when several are down those that have most messages are refused first.
func (in *Ingress) tooMuch(all bus.StreamState, messages uint64) bool {
	if messages >= in.ChannelCap {
		return true
	}
	if all.MaxBytes == 0 || all.Messages == 0 {
		return false
	}
	bytes := float64(all.Bytes) * float64(messages) / float64(all.Messages)
	return bytes > fullFrom*float64(all.MaxBytes)-float64(all.Bytes)
}

// backlogs remembers which channels have too much that waits. It is safe for concurrent use.
type backlogs struct {
	mu    sync.Mutex
	known map[string]backlog // by network
}

// backlog is what is known of a network's channels.
type backlog struct {
	crowded map[string]bool // not changed any more
	asked   time.Time       // when somebody asked last
}

// of is which channels of a network have too much that waits, and whether the caller is the one to ask anew: the others believe it
// meanwhile.
func (b *backlogs) of(network string) (crowded map[string]bool, ask bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.known[network]
	if time.Since(known.asked) < backlogKept {
		return known.crowded, false
	}
	known.asked = time.Now()
	b.set(network, known)
	return known.crowded, true
}

// put remembers an answer. When it was asked for is known already.
func (b *backlogs) put(network string, crowded map[string]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.set(network, backlog{crowded, b.known[network].asked})
}

// set remembers. The lock is held.
func (b *backlogs) set(network string, v backlog) {
	if b.known == nil {
		b.known = map[string]backlog{}
	}
	b.known[network] = v
}
