package delivery

import (
	"context"
	"sync"

	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Channel says how messages of one channel are sent. It is a value: to change one, give all of them to [Channels.Set].
type Channel struct {
	// Network is the channel's network, even if the destination is the platform.
	Network string
	// ID is the channel's id, unique at the destination and a single token of a subject.
	ID string
	// Account is the same text for channels that share a credential: they share the account's rate and its waits. It must not be the
	// credential itself.
	Account string
	// Together is set if one process has to send for all channels of the account: because the account has a rate of its own, which can be
	// kept only so, or because its channels may share a connection. Then the partitions of its channels have one owner.
	Together bool
	// AccountRate takes the place of [Config].PerAccount; the zero value does not. If the channels of one account have different ones,
	// the lowest counts.
	AccountRate result.Rate
	// Concurrency takes the place of [Config].Concurrency: how many contacts of the channel are sent to at once; 0 does not. A change
	// takes effect once the channel's queue was empty.
	Concurrency int
	// Credentials is a digest of the credentials. When it changes, a suspension of the channel ends.
	Credentials string
	// Listen is set if the channel is to be listened to (pkg/listen). Package delivery does not use it.
	Listen bool
	// Keyed is set if the destination drops repeats of a send: then a message that may have been taken is sent again without harm.
	Keyed bool
	// Hold is set if a message that may have been taken must never be sent again: it becomes a dead letter, and the agent is told. Each
	// send then costs one more write, its intent. It has no effect with Keyed.
	Hold bool
	// Receipt is the digest under which the destination's receipts of an event are stored ([topology.ReceiptSubject]), for destinations
	// whose receipts hand our id back; otherwise nil.
	Receipt func(e *eventv1.Event) string
	// Send sends one event, and returns the destination's id for it, or "" if it gives none. It is called by many goroutines at once, for
	// one event of a lane ([consume.Lane]) at a time. Its context ends after SendTimeout, when the grace of a stop is over, or when
	// another process has the channel. It must not retry or wait: it says what became of the try, and the delivery decides what follows.
	Send func(ctx context.Context, e *eventv1.Event) (ref string, v result.Result)
}

// Channels holds the channels of a [Config]. They may be replaced while it runs; a send that is under way ends with the old ones. It is safe
// for concurrent use.
type Channels struct {
	// mu guards what follows.
	mu  sync.Mutex
	all []Channel
	// changed is closed, and replaced, by Set.
	changed chan struct{}
	// groups are by the names of partitions: see group.
	groups map[string]string
	// told is what the destination said of credentials outside of a send, by channel, and news says that there is more. It holds one request.
	told map[string]verdict
	news chan struct{}
}

// verdict is what the destination said of a channel's credentials: [result.Sent] or [result.Suspended].
type verdict struct {
	credentials string
	what        result.Result
}

// NewChannels makes a Channels that holds these.
func NewChannels(all ...Channel) *Channels {
	return &Channels{all: all, changed: make(chan struct{}), groups: groupsOf(all), told: map[string]verdict{}, news: make(chan struct{}, 1)}
}

// Refuse notes that the destination refused a channel's credentials outside of a send, as when a webhook is registered. The process that
// sends for the channel suspends it, as if a send had been refused by nobody's fault but theirs: the next message is its probe. A process that
// does not send for it does so once it begins to. credentials is the digest of those that were refused: it has no effect once the channel has
// others. It does not wait.
func (c *Channels) Refuse(channel, credentials string, why result.Result) {
	c.tell(channel, verdict{credentials, why})
}

// Accept notes that the destination took a channel's credentials outside of a send: where they were refused before, the channel is resumed. All
// else is as with [Channels.Refuse].
func (c *Channels) Accept(channel, credentials string) {
	c.tell(channel, verdict{credentials, result.Result{Class: result.Sent}})
}

func (c *Channels) tell(channel string, v verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[channel] = v
	select {
	case c.news <- struct{}{}:
	default: // it is asked for already
	}
}

// takeTold is what was told of the channels that ours says are sent for by this process, and forgets it.
func (c *Channels) takeTold(ours func(channel string) bool) map[string]verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := map[string]verdict{}
	for channel, one := range c.told {
		if ours(channel) {
			taken[channel] = one
			delete(c.told, channel)
		}
	}
	return taken
}

// Set replaces all channels. A channel that is not among them is not sent to any more. The slice must not be changed afterwards. Set does
// not wait until the change takes effect.
func (c *Channels) Set(all []Channel) {
	groups := groupsOf(all)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all, c.groups = all, groups
	close(c.changed)
	c.changed = make(chan struct{})
}

// Get is all channels, and a channel of Go that is closed when they change: then call Get again. The slice must not be changed.
func (c *Channels) Get() ([]Channel, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all, c.changed
}

// GroupOf names the group of shards to which a channel belongs. One process owns all of a group, so that the process that listens to a channel
// is the one that sends for it (pkg/listen).
func (c *Channels) GroupOf(far, channel string) string {
	return c.group(topology.EgressPartition(far, channel))
}

// Groups are the groups of all partitions of a destination, one for each partition, for sharing them evenly ([shard.Activation.Spread]).
func (c *Channels) Groups(far string) []string {
	partitions := topology.PartitionsOf(topology.Egress(far))
	groups := make([]string, 0, len(partitions))
	for _, p := range partitions {
		groups = append(groups, c.group(p.Name))
	}
	return groups
}

// group names what has one owner together with a partition of EGRESS_*: the partitions that have channels of one account among
// them, where these belong in one process ([Channel.Together]). Accounts with channels in several partitions join
// these: with some thirty of them one process may have all.
func (c *Channels) group(partition string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g, ok := c.groups[partition]; ok {
		return g
	}
	return partition
}

// groupsOf are the names of the groups that partitions with channels are in, each after the least of its partitions.
func groupsOf(all []Channel) map[string]string {
	groups, accounts := map[string]string{}, map[string]string{} // by partition, and by account
	var root func(string) string
	root = func(p string) string {
		if g := groups[p]; g != "" && g != p {
			return root(g)
		}
		return p
	}
	join := func(a, b string) {
		if a, b = root(a), root(b); a != b {
			groups[max(a, b)] = min(a, b)
		}
	}
	for _, c := range all {
		for _, far := range []string{c.Network, topology.Platform} {
			p := topology.EgressPartition(far, c.ID)
			if groups[p] == "" {
				groups[p] = p
			}
			if !c.Together {
				continue
			}
			if first, known := accounts[far+" "+c.Account]; known {
				join(first, p)
			} else {
				accounts[far+" "+c.Account] = p
			}
		}
	}
	for p := range groups {
		groups[p] = root(p)
	}
	return groups
}

// ratesOf are the rates of the accounts of which a channel has one of its own: the narrowest of its channels' counts, where usual is
// that of a channel without.
func ratesOf(all []Channel, usual result.Rate) map[string]result.Rate {
	own := map[string]result.Rate{}
	for i := range all {
		if all[i].AccountRate.Sends > 0 {
			own[all[i].Account] = result.Rate{}
		}
	}
	if len(own) == 0 {
		return nil
	}
	for i := range all {
		r, has := own[all[i].Account]
		if !has {
			continue
		}
		is := all[i].AccountRate
		if is.Sends == 0 {
			is = usual
		}
		if r.Sends == 0 || is.Sends > 0 && rates.PerSecond(is) < rates.PerSecond(r) {
			own[all[i].Account] = is
		}
	}
	return own
}
