package runtime

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
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

// account is the part of a channel's credentials that this driver is opened with.
func (s *runner) account(e directory.Entry) json.RawMessage {
	if s.description.Platform {
		return e.Platform
	}
	return e.Account
}

// open opens an account. One that the network's code refuses is a channel that is suspended, not the end of the others: its messages
// wait until its settings are put right. It asks nobody.
func (s *runner) open(e directory.Entry, common common) *channel {
	raw := s.account(e)
	c := &channel{Channel: e.Channel, raw: raw, digest: s.env.Bus.Digest(digest.ForAccount, s.description.Name, string(raw))}
	bound := provider.Bound{Identity: string(raw)}
	err := s.shielded("open", func() (err error) {
		if bound, err = bind(s.driver, raw); err != nil {
			return err
		}
		c.shared = common.of(s.identity(bound.Identity))
		c.sender, err = bound.Open(s.host(e.Channel, c.shared))
		return err
	})
	c.identity, c.read, c.agreed = s.identity(bound.Identity), bound.Receive, bound.Agreed
	if err != nil {
		s.env.Log.Error("account refused: the channel is suspended", "network", s.description.Name, "channel", e.ID, "err", err)
		c.sender = refused{err}
	}
	// a call that comes all the same is a dead letter with this reason
	if c.read == nil {
		c.read = func(webhook.Call) ([]provider.Event, error) {
			return nil, cmp.Or(err, fmt.Errorf("%s reads no calls", s.description.Name))
		}
	}
	c.listener = account.Listener(c.sender)
	return c
}

// bind is the driver's Bind. An account that cannot be read counts rates for itself: its text stands for it.
func bind(d provider.Driver, account json.RawMessage) (provider.Bound, error) {
	bound, err := d.Bind(account)
	if err != nil {
		bound = provider.Bound{Identity: string(account)}
	}
	return bound, err
}

// identity stands for what the network counts rates by ([provider.Identity]), as a digest: it may be a token. All processes make
// the same of it, so that channels that share a rate have one owner.
func (s *runner) identity(of string) string {
	return s.env.Bus.Digest(digest.ForIdentity, s.description.Name, of)
}

// refused is the sender of an account that cannot be used.
type refused struct{ err error }

// Send implements [provider.Sender]: it suspends the channel, whatever is sent.
func (r refused) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, outcome.Suspend(reason.AccountUnusable, r.err)
}

// exists asks the configuration whether a channel is there, whatever this process has heard so far: what is called gone here goes to
// the dead letters, so a guess is not enough.
func (s *runner) exists(ctx context.Context, channel string) (bool, error) {
	var err error
	if s.description.Platform { // the channels of all networks are its own
		_, err = directory.Find(ctx, s.env.Bus, channel)
	} else {
		_, err = directory.Settings(ctx, s.env.Bus, s.description.Name, channel)
	}
	if errors.Is(err, bus.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
