package storage

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/values"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

// kept are the values of one owner, in one record of a bucket.
type kept struct {
	bucket *kv.Bucket
	key    string
	bounds provider.StateBounds
}

// State are a channel's values. They stand in the bucket STATE, which grows with the channels, and those of its contacts in CONTACTS: what
// contacts there are must not take the room of tokens.
type State struct {
	kept
	of Channel
}

// NewState are those of a channel.
func NewState(of Channel) State {
	return State{kept{kv.Open(of.Bus, topology.State), topology.StateKey(of.Network, of.ID), provider.ChannelState}, of}
}

// Contact implements [provider.State]. The address is a digest in the key: operators list keys.
func (s State) Contact(address string) provider.Values { return s.contact(address) }

func (s State) contact(address string) kept {
	key := topology.ContactStateKey(s.of.Network, s.of.ID, s.of.Bus.Digest(digest.ForContact, s.of.ID, address))
	return kept{kv.Open(s.of.Bus, topology.Contacts), key, provider.ContactState}
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
