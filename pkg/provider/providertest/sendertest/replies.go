package sendertest

import (
	"context"
	"maps"
	"sync"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// Replies are [provider.Replies] in memory. The zero value knows none. They are safe for concurrent use.
type Replies struct {
	mu    sync.Mutex
	said  map[string]provider.Reply
	taken map[string]claim
}

type claim struct {
	provider.Reply
	send string
	none bool
}

// Say is what [provider.Event].Reply does: the contact can be answered with this token, until it ends.
func (r *Replies) Say(address string, reply provider.Reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said == nil {
		r.said = map[string]provider.Reply{}
	}
	r.said[address] = reply
}

// Last implements [provider.Replies].
func (r *Replies) Last(_ context.Context, address string) (provider.Reply, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last(address), nil
}

func (r *Replies) last(address string) provider.Reply {
	if last := r.said[address]; time.Now().Before(last.Until) {
		return last
	}
	return provider.Reply{}
}

// Answerable says that a contact can be answered with a token now.
func (r *Replies) Answerable(address string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last(address).Token != ""
}

// Take implements [provider.Replies].
func (r *Replies) Take(_ context.Context, m *messagev1.Message) (provider.Reply, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	address, send := m.GetContact().GetAddress(), provider.IdempotencyKey(m)
	if r.taken == nil {
		r.taken = map[string]claim{}
	}
	before, last := r.taken[address], r.last(address)
	switch {
	case before.send == send && before.none:
		return provider.Reply{}, true, nil
	case before.send == send:
		return before.Reply, true, nil
	case last.Token == "" || last.Token == before.Token:
		r.taken[address] = claim{before.Reply, send, true}
		return provider.Reply{}, false, nil
	}
	r.taken[address] = claim{last, send, false}
	return last, false, nil
}

// Drop implements [provider.Replies].
func (r *Replies) Drop(_ context.Context, m *messagev1.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	address := m.GetContact().GetAddress()
	if r.taken == nil {
		r.taken = map[string]claim{}
	}
	r.taken[address] = claim{r.taken[address].Reply, provider.IdempotencyKey(m), true}
	return nil
}

// CopyFrom takes over what was said and taken elsewhere.
func (r *Replies) CopyFrom(o *Replies) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.said, r.taken = maps.Clone(o.said), maps.Clone(o.taken)
}
