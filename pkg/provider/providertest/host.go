package providertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"sync"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// Host makes what a sender works with, for tests: replies and files are kept in memory, the public side of the bridge is
// https://bridge.example.com, and the channel's id is "channel".
func Host(network string, client *provider.Client) provider.Host {
	return provider.Host{
		Client: client, WebhookURL: "https://bridge.example.com/webhooks/" + network + "/channel",
		Replies: &Replies{said: map[string]provider.Reply{}, taken: map[string]claim{}}, Files: files{},
	}
}

// Replies are [provider.Replies] in memory.
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

// Say is what [provider.Event].Reply does.
func (r *Replies) Say(address string, reply provider.Reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
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

// Take implements [provider.Replies].
func (r *Replies) Take(_ context.Context, m *messagev1.Message) (provider.Reply, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	address, send := m.GetContact().GetAddress(), provider.IdempotencyKey(m)
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
	r.taken[address] = claim{r.taken[address].Reply, provider.IdempotencyKey(m), true}
	return nil
}

type files struct{}

// Publish implements [provider.Files].
func (files) Publish(_ context.Context, name, _ string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	return "https://bridge.example.com/media/" + hex.EncodeToString(sum[:8]) + "/" + name, nil
}

// like takes over what was said and taken elsewhere.
func (r *Replies) like(o *Replies) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.said, r.taken = maps.Clone(o.said), maps.Clone(o.taken)
}
