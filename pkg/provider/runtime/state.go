package runtime

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/values"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
)

// kept are the values of one owner, in one record of a bucket.
type kept struct {
	bucket *kv.Bucket
	key    string
	bounds provider.StateBounds
}

// state are a channel's values. They stand in the bucket STATE, which grows with the channels, and those of its contacts in CONTACTS: what
// contacts there are must not take the room of tokens.
type state struct {
	kept
	bus              *bus.Bus
	network, channel string
}

func (s *runner) state(network, channel string) state {
	return state{
		kept: kept{kv.Open(s.env.Bus, topology.State), topology.StateKey(network, channel), provider.ChannelState},
		bus:  s.env.Bus, network: network, channel: channel,
	}
}

// Contact implements [provider.State]. The address is a digest in the key: operators list keys.
func (s state) Contact(address string) provider.Values { return s.contact(address) }

func (s state) contact(address string) kept {
	key := topology.ContactStateKey(s.network, s.channel, s.bus.Digest(digest.ForContact, s.channel, address))
	return kept{kv.Open(s.bus, topology.Contacts), key, provider.ContactState}
}

// Get implements [provider.Values].
func (k kept) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	r, _, err := k.read(ctx)
	if err != nil {
		return nil, 0, outcome.Temporary(reason.BrokerAway, err)
	}
	value, revision := r.Get(key)
	return value, revision, nil
}

// Put implements [provider.Values].
func (k kept) Put(ctx context.Context, key string, value []byte, revision uint64) (next uint64, err error) {
	err = k.change(ctx, func(r *values.Record) (_ bool, err error) {
		next, err = r.Put(k.bounds, key, value, revision, time.Now())
		return true, err
	})
	if err != nil {
		return 0, outcome.Temporary(reason.StateNotKept, err)
	}
	return next, nil
}

// read is the record and the bucket's revision of it, 0 where there is none.
func (k kept) read(ctx context.Context) (values.Record, uint64, error) {
	data, revision, err := k.bucket.Get(ctx, k.key)
	if errors.Is(err, bus.ErrNotFound) {
		return values.Record{}, 0, nil
	}
	if err != nil {
		return values.Record{}, 0, err
	}
	return values.Read(data), revision, nil
}

// changeTries bounds how often a record is read anew because somebody else wrote another of its values.
const changeTries = 10

// change writes the record where something is to be changed. What somebody else writes meanwhile is read anew.
func (k kept) change(ctx context.Context, change func(*values.Record) (bool, error)) error {
	var err error
	for range changeTries {
		r, revision, failed := k.read(ctx)
		if failed != nil {
			return failed
		}
		changed, failed := change(&r)
		if failed != nil || !changed {
			return failed
		}
		data, failed := r.Data()
		if failed != nil {
			return failed
		}
		switch {
		case data == nil && revision == 0:
			return nil
		case data == nil:
			err = k.bucket.DeleteAt(ctx, k.key, revision)
		default:
			_, err = k.bucket.Update(ctx, k.key, data, revision)
		}
		if !errors.Is(err, bus.ErrConflict) {
			return err
		}
	}
	return err
}

// keepState keeps what an event says of its contact, under each of its addresses. An error means that it has to be done again: what is
// kept is for good, so that a message does not go on without it while the broker is away. Where it can never be stored, the message goes on.
func (s *runner) keepState(ctx context.Context, c *channel, call webhook.Call, e provider.Event) error {
	if len(e.State) == 0 {
		return nil
	}
	at := e.At
	if now := time.Now(); at.IsZero() || at.After(now) { // a clock that is ahead must not hold back what comes later
		at = now
		if call.AcceptedAt.Before(now) && !call.AcceptedAt.IsZero() {
			at = call.AcceptedAt
		}
	}
	for _, address := range append([]string{e.Contact.GetAddress()}, e.Contact.GetAliases()...) {
		k := s.state(c.Network, c.ID).contact(address)
		err := k.change(ctx, func(r *values.Record) (changed bool, _ error) {
			for _, key := range slices.Sorted(maps.Keys(e.State)) {
				one, err := r.Say(k.bounds, key, e.State[key], at)
				if err != nil {
					return false, err
				}
				changed = changed || one
			}
			return changed, nil
		})
		switch {
		case err == nil:
		case errors.Is(err, bus.ErrNoRoom), errors.Is(err, provider.ErrStateKey), errors.Is(err, provider.ErrStateValue), errors.Is(err, provider.ErrStateValues):
			s.env.Log.Warn("what the network says of a contact is not kept", "network", c.Network, "channel", c.ID, "err", err)
		default:
			return err
		}
	}
	return nil
}
