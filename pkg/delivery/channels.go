package delivery

import (
	"sync"

	"github.com/bonychat/puente/pkg/topology"
)

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
