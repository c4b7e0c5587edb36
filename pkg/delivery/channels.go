package delivery

import (
	"context"
	"sync"

	"github.com/bonychat/puente/pkg/delivery/rates"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Channel is how one channel is sent to. It is a value: to change one, give all of them to [Channels.Set].
type Channel struct {
	// Network is the channel's network, also where the destination is the platform.
	Network string
	// ID names the channel, uniquely among those of the destination: it is a token of the subjects on which its
	// messages wait.
	ID string
	// Account is the same for channels that share a credential: they share the budget and the account's waits. It must
	// not be the credential itself.
	Account string
	// Together says that one process has to have all of the account: it has a rate of its own, which is exact only so, or its
	// channels may share a connection. Then the partitions of its channels have one owner.
	Together bool
	// AccountRate is how much the account takes, in place of [Config].PerAccount; the zero value leaves that. Of several
	// channels of one account the narrowest counts.
	AccountRate result.Rate
	// Concurrency is how many contacts of the channel are sent to at once, in place of [Config].Concurrency; 0 leaves that. A
	// change counts from when the channel's queue has been empty.
	Concurrency int
	// Credentials changes when the credentials do: a channel suspended with others starts again. A digest.
	Credentials string
	// Listen says that the channel is to be listened to (pkg/listen): its destination makes no calls. The delivery
	// itself does not look at it.
	Listen bool
	// Keyed says that the destination drops a repeat of a send by itself: what may have been taken is sent again
	// without harm.
	Keyed bool
	// Hold says that what may have been taken is never sent again: it ends in the dead letters, and the agent is
	// told. Each send costs one more write, its intent. It has no effect with Keyed.
	Hold bool
	// Receipt is the digest under which the destination's receipts of an event are stored
	// ([topology.ReceiptSubject]), where it hands our id back with them; nil where it does not.
	Receipt func(e *eventv1.Event) string
	// Send sends one event and returns the destination's id for it, "" where it gives none. It is called by many
	// goroutines at once, for one event of a lane ([consume.Lane]) at a time. Its context ends after SendTimeout,
	// when the grace of a stop is over, or when another process has the channel. It does not retry and does not wait
	// by itself: it says what became of the try, and the delivery decides what follows.
	Send func(ctx context.Context, e *eventv1.Event) (ref string, v result.Result)
}

// Channels are the channels of a [Config]. They may be replaced while it runs: what is being sent is finished as it was
// begun. It is safe for concurrent use.
type Channels struct {
	// mu guards what follows.
	mu  sync.Mutex
	all []Channel
	// changed is closed, and replaced, by Set.
	changed chan struct{}
	// groups are by the names of partitions: see group.
	groups map[string]string
}

// NewChannels makes channels that may be set anew.
func NewChannels(all ...Channel) *Channels {
	return &Channels{all: all, changed: make(chan struct{}), groups: groupsOf(all)}
}

// Set replaces all channels: one that is not among them is not sent to any more. The slice must not be changed
// afterwards. It does not wait until the change is taken over.
func (c *Channels) Set(all []Channel) {
	groups := groupsOf(all)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all, c.groups = all, groups
	close(c.changed)
	c.changed = make(chan struct{})
}

// Get is all channels, and what closes when they change: whoever wants to hear of the next change calls Get again
// then. The slice must not be changed.
func (c *Channels) Get() ([]Channel, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all, c.changed
}

// GroupOf names what has one owner together with a channel that is sent to at a destination: what is heard of it belongs to
// who sends ([pkg/listen]).
func (c *Channels) GroupOf(far, channel string) string {
	return c.group(topology.EgressPartition(far, channel))
}

// Groups are the groups of all partitions of a destination, one for each partition: what processes share evenly
// ([shard.Activation.Spread]).
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
