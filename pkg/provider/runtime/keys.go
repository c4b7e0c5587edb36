package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
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

// declare publishes what the network declares, with the vendor's keys as they were published last: a start during an outage of the
// vendor's loses none.
func (s *runner) declare(ctx context.Context) error {
	d := s.description
	if s.hasKeys() {
		var before struct {
			Webhook *webhook.Policy `json:"webhook"`
		}
		// one that a later version wrote may not be read: then the keys are fetched
		if err := directory.Declaration(ctx, s.env.Bus, d.Name, &before); err == nil && before.Webhook != nil {
			d.Webhook = withKeys(d, before.Webhook.Published())
		}
	}
	return directory.Declare(ctx, s.env.Bus, d.Name, d)
}

func (s *runner) hasKeys() bool {
	return s.description.Webhook != nil && len(s.description.Webhook.KeySets()) > 0
}

func withKeys(d provider.Description, keys map[string][]proof.PublicKey) *webhook.Policy {
	p := d.Webhook.WithKeys(keys)
	return &p
}

// followKeys fetches the vendor's keys and publishes them where they have changed, until the context ends.
func (s *runner) followKeys(ctx context.Context) error {
	every, again := s.env.KeysEvery, keysAgain
	if every == 0 {
		every = keysEvery
	}
	for {
		wait := every
		if err := s.renewKeys(ctx); err != nil && ctx.Err() == nil {
			s.env.Log.Warn("the vendor's keys are not fetched: those that are known count", "network", s.description.Name, "err", err)
			wait = min(again, every)
			again = min(2*again, keysAgainMax)
		} else {
			again = keysAgain
		}
		provider.Pause(ctx, wait)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// renewKeys publishes the keys as they are now. A set that cannot be fetched keeps what it has.
func (s *runner) renewKeys(ctx context.Context) error {
	fetched, errs := map[string][]proof.PublicKey{}, []error(nil)
	for _, address := range s.description.Webhook.KeySets() {
		keys, err := jwks.Fetch(ctx, s.client, address)
		if err != nil {
			errs = append(errs, fmt.Errorf("fetch keys: %w", err))
			continue
		}
		fetched[address] = keys
	}
	// of what is declared only the keys change: another version may have declared it
	var declared map[string]json.RawMessage
	if err := directory.Declaration(ctx, s.env.Bus, s.description.Name, &declared); err != nil {
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
		errs = append(errs, directory.Declare(ctx, s.env.Bus, s.description.Name, declared))
	}
	return errors.Join(errs...)
}
