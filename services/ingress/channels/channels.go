// Package channels knows the channels that the door serves, each with what is needed to verify its callers, and what their networks
// declare. It keeps both up to date, and finds the channel of a call: by the API token that a platform's call carries, or by the path of
// a network's. Nothing in it holds a key or a token: see [directory.Verified].
package channels

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

// Channel is a channel with what is needed to verify its callers. Most are quiet, so that each is kept as it was read.
type Channel struct {
	directory.Channel
	// Revision is another one when the account has changed.
	Revision string
	// account is what calls are judged by, as JSON: see [Channel.Secrets].
	account json.RawMessage
	// Decoy is true for one that does not exist: its calls are judged as those of one that does, and refused.
	Decoy bool
}

// moment is the channels at one moment. It is replaced, never changed: whoever answers a call does not wait for a
// change of the configuration.
type moment struct {
	byID   map[string]*Channel
	decoys map[string]*Channel // by network
	tokens tokens
}

// declaration is as much of what a network declares as is needed here. The rest is not read: a service of another version may
// declare it in another form, and that is no reason to refuse the network's calls.
type declaration struct {
	Webhook *webhook.Policy `json:"webhook"`
}

// Set is the channels. It is safe for concurrent use.
type Set struct {
	bus      *bus.Bus
	log      *slog.Logger
	now      atomic.Pointer[moment] // nil until they are known
	loaded   chan struct{}
	declared directory.Declarations[declaration]
}

// New is a set that knows no channel yet. It does no I/O.
func New(b *bus.Bus, log *slog.Logger) *Set {
	return &Set{bus: b, log: log, loaded: make(chan struct{})}
}

// Follow keeps the channels and what their networks declare up to date until the context ends.
func (s *Set) Follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() {
		defer cancel()
		errs[0] = s.declared.Follow(ctx, s.bus)
	})
	wg.Go(func() {
		defer cancel()
		select { // who knows the channels and not the networks would answer their calls with 503
		case <-ctx.Done():
			return
		case <-s.declared.Synced():
		}
		errs[1] = directory.WatchVerifiers(ctx, s.bus, s.take)
	})
	wg.Wait()
	return errors.Join(errs...)
}

// Loaded is closed once the channels are known: before, nobody can be served.
func (s *Set) Loaded() <-chan struct{} { return s.loaded }

// Policy is what a network declares of how its calls are judged; nil where it makes none. It fails while the network's service has
// not started yet.
func (s *Set) Policy(network string) (*webhook.Policy, error) {
	d, err := s.declared.Of(network)
	if err != nil {
		return nil, err
	}
	return d.Webhook, nil
}

// take makes these channels the ones that are served. Calls that are being answered keep what they began with.
func (s *Set) take(entries []directory.Verified) {
	next := &moment{byID: map[string]*Channel{}, decoys: map[string]*Channel{}, tokens: newTokens()}
	for _, e := range entries {
		if _, err := expr.SecretsOf(e.Account); err != nil {
			s.log.Error("channel left out: its credentials cannot be read", "channel", e.ID) // the error would quote them
			continue
		}
		c := &Channel{Channel: e.Channel, Revision: e.Revision, account: e.Account}
		if !next.tokens.add(e.Token, e.ID) {
			s.log.Error("channel shares its API token with another: nobody can send with it", "channel", e.ID)
		}
		next.byID[e.ID] = c
		if next.decoys[c.Network] == nil {
			next.decoys[c.Network] = c.decoyOf()
			s.bus.Measures(topology.Egress(c.Network).Name) // so that somebody tells what waits while nobody sends
		}
	}
	first := s.now.Swap(next) == nil
	s.log.Info("channels taken up", "channels", len(next.byID))
	if first {
		close(s.loaded)
	}
}

// Called is the channel that a network calls; nil where none is of this network. For an id that no channel of the
// network has it is a decoy, so that answers do not tell which ids there are.
func (s *Set) Called(network, id string) *Channel {
	now := s.now.Load()
	if now == nil {
		return nil
	}
	if c := now.byID[id]; c != nil && c.Network == network {
		return c
	}
	return now.decoys[network]
}

// minUnknown is how long the secrets of a decoy are at least: they hold 128 bits.
const minUnknown = 26

// Secrets are what the channel's calls are judged by. They are read for each call: what a map of them takes, a thousand channels take a
// thousand times, and most are not called for hours.
func (c *Channel) Secrets() webhook.Secrets {
	s, _ := expr.SecretsOf(c.account) // it was looked at when the channel was taken up
	return s
}

// decoyOf is like the channel, without an id and with secrets that nobody knows: whoever calls it is refused as whoever
// calls the channel with a wrong credential, after the same work.
func (c *Channel) decoyOf() *Channel {
	unknown := webhook.Secrets{}
	for field, values := range c.Secrets() {
		for _, value := range values {
			text := rand.Text()
			for len(text) < len(value) {
				text += rand.Text()
			}
			// as long as the other: what stands in the place of a key has one length, and its letters are among those of this text
			unknown[field] = append(unknown[field], text[:max(len(value), minUnknown)])
		}
	}
	account, _ := json.Marshal(unknown) // texts can always be written
	return &Channel{Channel: directory.Channel{Network: c.Network}, account: account, Decoy: true}
}

// Owner is the channel whose API token the request carries, nil for nobody's.
func (s *Set) Owner(r *http.Request) *Channel {
	now := s.now.Load()
	if now == nil {
		return nil
	}
	return now.byID[now.tokens.channel(r)]
}

// Observe tells which networks that have channels have declared themselves.
func (s *Set) Observe(o meter.Observer) {
	now := s.now.Load()
	if now == nil {
		return
	}
	for network := range now.decoys {
		_, err := s.declared.Of(network)
		o.NetworkDeclared(network, err == nil)
	}
}

// Undeclared names the networks that have channels and have not declared themselves yet: their calls are answered 503
// until they have. All others are served.
func (s *Set) Undeclared(context.Context) error {
	now := s.now.Load()
	if now == nil {
		return errors.New("the channels are not known yet")
	}
	var errs []error
	for _, network := range slices.Sorted(maps.Keys(now.decoys)) {
		if _, err := s.declared.Of(network); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
