package ingress

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// channel is a channel with what is needed to verify its callers. Most are quiet, so that each is kept as it was read.
type channel struct {
	directory.Channel
	// revision is another one when the account has changed.
	revision string
	// account is what calls are judged by, as JSON: see [channel.secrets].
	account json.RawMessage
	// decoy is true for one that does not exist: its calls are judged as those of one that does, and refused.
	decoy bool
}

// channels are the channels at one moment. It is replaced, never changed: whoever answers a call does not wait for a
// change of the configuration.
type channels struct {
	byID   map[string]*channel
	decoys map[string]*channel // by network
	tokens tokens
}

// Follow keeps the channels and what their networks declare up to date, and answers what was refused, until the context ends.
func (in *Ingress) Follow(ctx context.Context) error {
	if err := provision.Await(ctx, in.Bus, topology.Messages.Name, topology.Index.Name, topology.Files.Name); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, 3)
	wg.Go(func() {
		defer cancel()
		errs[0] = in.declared.Follow(ctx, in.Bus)
	})
	wg.Go(func() {
		defer cancel()
		select { // who knows the channels and not the networks would answer their calls with 503
		case <-ctx.Done():
			return
		case <-in.declared.Synced():
		}
		errs[1] = directory.WatchVerifiers(ctx, in.Bus, in.take)
	})
	wg.Go(func() {
		defer cancel()
		errs[2] = rpc.Respond(ctx, in.Bus, topology.RefusalsSubject(in.Bus.Instance()), "", 0, func(_ context.Context, q *livev1.RefusalsQuestion) (proto.Message, error) {
			return in.refusedBook.All(q.GetNetwork()), nil
		})
	})
	wg.Wait()
	return errors.Join(errs...)
}

// Loaded is closed once the channels are known: before, nobody can be served.
func (in *Ingress) Loaded() <-chan struct{} { return in.loaded }

// take makes these channels the ones that are served. Calls that are being answered keep what they began with.
func (in *Ingress) take(entries []directory.Verified) {
	next := &channels{byID: map[string]*channel{}, decoys: map[string]*channel{}, tokens: newTokens()}
	for _, e := range entries {
		if _, err := expr.SecretsOf(e.Account); err != nil {
			in.Log.Error("channel left out: its credentials cannot be read", "channel", e.ID) // the error would quote them
			continue
		}
		c := &channel{Channel: e.Channel, revision: e.Revision, account: e.Account}
		if !next.tokens.add(e.Token, e.ID) {
			in.Log.Error("channel shares its API token with another: nobody can send with it", "channel", e.ID)
		}
		next.byID[e.ID] = c
		if next.decoys[c.Network] == nil {
			next.decoys[c.Network] = c.decoyOf()
			in.Bus.Measures(topology.Egress(c.Network).Name) // so that somebody tells what waits while nobody sends
		}
	}
	first := in.channels.Swap(next) == nil
	in.Log.Info("channels taken up", "channels", len(next.byID))
	if first {
		close(in.loaded)
	}
}

// called is the channel that a network calls; nil where none is of this network. For an id that no channel of the
// network has it is a decoy, so that answers do not tell which ids there are.
func (in *Ingress) called(network, id string) *channel {
	now := in.channels.Load()
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

// secrets are what the channel's calls are judged by. They are read for each call: what a map of them takes, a thousand channels take a
// thousand times, and most are not called for hours.
func (c *channel) secrets() webhook.Secrets {
	s, _ := expr.SecretsOf(c.account) // it was looked at when the channel was taken up
	return s
}

// decoyOf is like the channel, without an id and with secrets that nobody knows: whoever calls it is refused as whoever
// calls the channel with a wrong credential, after the same work.
func (c *channel) decoyOf() *channel {
	unknown := webhook.Secrets{}
	for field, values := range c.secrets() {
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
	return &channel{Channel: directory.Channel{Network: c.Network}, account: account, decoy: true}
}

// owner is the channel whose API token the request carries, nil for nobody's.
func (in *Ingress) owner(r *http.Request) *channel {
	now := in.channels.Load()
	if now == nil {
		return nil
	}
	return now.byID[now.tokens.channel(r)]
}

// observe tells which networks that have channels have declared themselves.
func (in *Ingress) observe(o meter.Observer) {
	now := in.channels.Load()
	if now == nil {
		return
	}
	for network := range now.decoys {
		_, err := in.declared.Of(network)
		o.NetworkDeclared(network, err == nil)
	}
}

// Undeclared names the networks that have channels and have not declared themselves yet: their calls are answered 503
// until they have. All others are served.
func (in *Ingress) Undeclared(context.Context) error {
	now := in.channels.Load()
	if now == nil {
		return errors.New("the channels are not known yet")
	}
	var errs []error
	for _, network := range slices.Sorted(maps.Keys(now.decoys)) {
		if _, err := in.declared.Of(network); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
