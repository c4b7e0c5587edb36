// Package declaration publishes what a network declares, for ingress and translator to read, and keeps the public keys in it fresh that
// the network's vendor signs its calls by. It knows no channel.
package declaration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/jwks"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// How often a vendor's keys are fetched: Microsoft asks for once a day at least and at best at every hour, and publishes new ones before it
// uses them. After a failure it is sooner, and ever rarer.
const (
	keysEvery    = time.Hour
	keysAgain    = time.Second
	keysAgainMax = 5 * time.Minute
)

// Publisher publishes the declaration of one network. Its fields are set before its first use.
type Publisher struct {
	// Bus is the connection of the network's service; Log is told of keys that cannot be fetched.
	Bus *bus.Bus
	Log *slog.Logger
	// Declared is what the network declares, without the vendor's keys.
	Declared provider.Description
	// Every is how often the keys are fetched; default an hour.
	Every time.Duration
}

// Publish publishes what the network declares, with the vendor's keys as they were published last: a start during an outage of the
// vendor's loses none.
func (p *Publisher) Publish(ctx context.Context) error {
	d := p.Declared
	if p.HasKeys() {
		var before struct {
			Webhook *webhook.Policy `json:"webhook"`
		}
		// one that a later version wrote may not be read: then the keys are fetched
		if err := directory.Declaration(ctx, p.Bus, d.Name, &before); err == nil && before.Webhook != nil {
			policy := d.Webhook.WithKeys(before.Webhook.Published())
			d.Webhook = &policy
		}
	}
	return directory.Declare(ctx, p.Bus, d.Name, d)
}

// HasKeys says that calls are judged by keys of the vendor's.
func (p *Publisher) HasKeys() bool {
	return p.Declared.Webhook != nil && len(p.Declared.Webhook.KeySets()) > 0
}

// Follow fetches the vendor's keys and publishes them where they have changed, until the context ends. An outage of the vendor's is
// logged, and ends nothing: the keys that are known count.
func (p *Publisher) Follow(ctx context.Context, client *httpclient.Client) {
	every, again := p.Every, keysAgain
	if every == 0 {
		every = keysEvery
	}
	for {
		wait := every
		if err := p.renew(ctx, client); err != nil && ctx.Err() == nil {
			p.Log.Warn("the vendor's keys are not fetched: those that are known count", "network", p.Declared.Name, "err", err)
			wait = min(again, every)
			again = min(2*again, keysAgainMax)
		} else {
			again = keysAgain
		}
		provider.Pause(ctx, wait)
		if ctx.Err() != nil {
			return
		}
	}
}

// renew publishes the keys as they are now. A set that cannot be fetched keeps what it has.
func (p *Publisher) renew(ctx context.Context, client *httpclient.Client) error {
	fetched, errs := map[string][]proof.PublicKey{}, []error(nil)
	for _, address := range p.Declared.Webhook.KeySets() {
		keys, err := jwks.Fetch(ctx, client, address)
		if err != nil {
			errs = append(errs, fmt.Errorf("fetch keys: %w", err))
			continue
		}
		fetched[address] = keys
	}
	// of what is declared only the keys change: another version may have declared it
	var declared map[string]json.RawMessage
	if err := directory.Declaration(ctx, p.Bus, p.Declared.Name, &declared); err != nil {
		return errors.Join(append(errs, err)...)
	}
	var policy webhook.Policy
	if err := json.Unmarshal(declared["webhook"], &policy); err != nil {
		return errors.Join(append(errs, fmt.Errorf("read the declared policy: %w", err))...)
	}
	next, err := json.Marshal(policy.WithKeys(fetched))
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	if before, err := json.Marshal(policy); err != nil || !bytes.Equal(before, next) {
		declared["webhook"] = next
		errs = append(errs, directory.Declare(ctx, p.Bus, p.Declared.Name, declared))
	}
	return errors.Join(errs...)
}
