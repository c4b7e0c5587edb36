package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/webhook"
)

// channel is one account at work. It does not change: other settings or credentials make another.
type channel struct {
	directory.Channel
	raw      json.RawMessage                              // the account's settings, with its credentials: never logged
	read     func(webhook.Call) ([]provider.Event, error) // the network's Receive with this account
	sender   provider.Sender                              // never nil: of an account that cannot be used it is [refused]
	listener provider.Listener                            // nil where the network calls
	deaf     atomic.Bool                                  // somebody was told that it is not heard
	digest   string                                       // stands for the whole account: any change of it ends a suspension
	identity string                                       // stands for what the network counts budgets by: channels with the same share them
	shared   *provider.Shared                             // what those with the same identity have in common; nil where nothing was opened
	agreed   provider.Agreement                           // what its contract lets it send
}

// channels are the network's, as they are configured now. The map is replaced as a whole and never written to, so that who
// reads needs no lock.
type channels struct {
	// now is nil until the configuration is known.
	now atomic.Pointer[map[string]*channel]
	// beside is what is being done for single channels: the registrations of their webhooks.
	beside sync.WaitGroup

	mu sync.Mutex
	// doing ends what is being done beside for a channel. What is done leaves nothing behind: most channels are idle.
	doing map[*channel]context.CancelFunc
}

// alongside does something for one channel, beside everything else, until it is done or the channel is retired.
func (c *channels) alongside(ctx context.Context, of *channel, do func(context.Context)) {
	ctx, stop := context.WithCancel(ctx)
	c.mu.Lock()
	if c.doing == nil {
		c.doing = map[*channel]context.CancelFunc{}
	}
	c.doing[of] = stop
	c.mu.Unlock()
	c.beside.Go(func() {
		defer c.retire(of)
		do(ctx)
	})
}

// retire ends what is being done beside for a channel that was removed, replaced, or done with.
func (c *channels) retire(of *channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stop := c.doing[of]; stop != nil {
		stop()
		delete(c.doing, of)
	}
}

// of is a channel, or nil where it is not configured for this network, as far as this process has heard.
func (c *channels) of(id string) *channel {
	if all := c.now.Load(); all != nil {
		return (*all)[id]
	}
	return nil
}

// take takes over what is configured now: new accounts are opened, the others go on as they are. Calls come one at a
// time. A channel whose settings or credentials changed is another: what has begun with the old one ends with it.
func (s *runner) take(ctx context.Context, entries []directory.Entry) {
	before := map[string]*channel{}
	if all := s.channels.now.Load(); all != nil {
		before = maps.Clone(*all)
	}
	var configured []string
	for _, e := range entries {
		configured = append(configured, account.Addresses(s.account(e))...)
	}
	// before any account is opened: what is configured may be called, also where it is private
	s.client.Configure(s.env.PublicURL, configured)
	after := map[string]*channel{}
	var fresh []*channel
	common := commonTo(before)
	for _, e := range entries {
		// nothing about it changed: what it is doing goes on, and its webhook is not registered again
		if c := before[e.ID]; c != nil && c.Channel == e.Channel && bytes.Equal(c.raw, s.account(e)) {
			after[e.ID] = c
			delete(before, e.ID)
			continue
		}
		c := s.open(e, common)
		after[e.ID] = c
		fresh = append(fresh, c)
	}
	common.configure(after)
	// known for reading before it is for sending: an answer that comes at once finds its channel
	s.channels.now.Store(&after)
	s.sending.Set(s.sendingOf(after))
	for _, c := range before { // removed, or replaced
		s.channels.retire(c)
	}
	if s.description.Webhook == nil {
		return // there is nothing to register
	}
	// beside everything else: a network that does not answer holds up no message
	for _, c := range fresh {
		s.channels.alongside(ctx, c, func(ctx context.Context) { s.setUp(ctx, c) })
	}
}

// common is what the channels of each account have in common, by the identity of the account. It lives for one [runner.take]: the
// channels hold what is in it. It is not safe for concurrent use.
type common map[string]*provider.Shared

// commonTo is what these channels have.
func commonTo(all map[string]*channel) common {
	m := common{}
	for _, c := range all {
		if c.shared != nil {
			m[c.identity] = c.shared
		}
	}
	return m
}

// of is what the channels of an identity share: what those before have, or a new one.
func (m common) of(identity string) *provider.Shared {
	if m[identity] == nil {
		m[identity] = &provider.Shared{}
	}
	return m[identity]
}

// configure tells each whose accounts it is from now on, in the order of the channels' ids. What no channel has any more has none.
func (m common) configure(all map[string]*channel) {
	accounts := make(map[*provider.Shared][]json.RawMessage, len(m))
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if c := all[id]; c.shared != nil {
			accounts[c.shared] = append(accounts[c.shared], c.raw)
		}
	}
	for _, shared := range m {
		shared.Configure(accounts[shared]...)
	}
}
