package sendertest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/values"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// State is [provider.State] in memory. The zero value holds nothing. It is safe for concurrent use.
type State struct {
	mu sync.Mutex
	// records are the channel's, under "", and its contacts', by their address.
	records map[string]*values.Record
	full    bool
	mistake error
}

var errFull = errors.New("nothing can be written")

// Get implements [provider.Values].
func (s *State) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	return owner{s, "", provider.ChannelState}.Get(ctx, key)
}

// Put implements [provider.Values].
func (s *State) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	return owner{s, "", provider.ChannelState}.Put(ctx, key, value, revision)
}

// Contact implements [provider.State].
func (s *State) Contact(address string) provider.Values {
	return owner{s, "contact " + address, provider.ContactState}
}

// Say is what [provider.Event].State does: what an event says of a contact is kept.
func (s *State) Say(address, key, value string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.record("contact "+address).Say(provider.ContactState, key, value, at)
	return err
}

// Fail says that nothing can be written, or can be again.
func (s *State) Fail(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = full
}

// Lose empties it.
func (s *State) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = nil
}

// Mistake is the first mistake of the network's code since it was asked last: a key or a value beyond its bounds. nil for none.
func (s *State) Mistake() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.mistake
	s.mistake = nil
	return err
}

// Held are all values that are kept now, in no order.
func (s *State) Held() (held []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.records {
		for _, v := range r.Values {
			held = append(held, string(v.Value))
		}
	}
	return held
}

// CopyFrom takes over what is kept elsewhere.
func (s *State) CopyFrom(o *State) {
	o.mu.Lock()
	defer o.mu.Unlock()
	copied := map[string]*values.Record{}
	for name, r := range o.records {
		one := *r
		one.Values = maps.Clone(r.Values)
		for key, v := range one.Values {
			v.Value = slices.Clone(v.Value)
			one.Values[key] = v
		}
		copied[name] = &one
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = copied
}

func (s *State) record(name string) *values.Record {
	if s.records == nil {
		s.records = map[string]*values.Record{}
	}
	if s.records[name] == nil {
		s.records[name] = &values.Record{}
	}
	return s.records[name]
}

// owner is the channel or one of its contacts.
type owner struct {
	state  *State
	name   string
	bounds provider.StateBounds
}

func (o owner) Get(_ context.Context, key string) ([]byte, uint64, error) {
	o.state.mu.Lock()
	defer o.state.mu.Unlock()
	value, revision := o.state.record(o.name).Get(key)
	return slices.Clone(value), revision, nil
}

func (o owner) Put(_ context.Context, key string, value []byte, revision uint64) (uint64, error) {
	o.state.mu.Lock()
	defer o.state.mu.Unlock()
	if o.state.full {
		return 0, outcome.Temporary(reason.StateNotKept, errFull)
	}
	next, err := o.state.record(o.name).Put(o.bounds, key, slices.Clone(value), revision, time.Now())
	if err != nil {
		if !errors.Is(err, provider.ErrStateChanged) && o.state.mistake == nil {
			o.state.mistake = err
		}
		return 0, outcome.Temporary(reason.StateNotKept, err)
	}
	return next, nil
}
