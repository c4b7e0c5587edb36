package delivery

import "sync"

// Channels are the channels of a [Config]. They may be replaced while it runs: what is being sent is finished as it was
// begun. It is safe for concurrent use.
type Channels struct {
	mu      sync.Mutex
	all     []Channel
	changed chan struct{} // closed, and replaced, by Set
}

// NewChannels makes channels that may be set anew.
func NewChannels(all ...Channel) *Channels { return &Channels{all: all, changed: make(chan struct{})} }

// Set replaces all channels: one that is not among them is not sent to any more.
func (c *Channels) Set(all []Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = all
	close(c.changed)
	c.changed = make(chan struct{})
}

// Get is all channels, and what closes when they change.
func (c *Channels) Get() ([]Channel, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all, c.changed
}
