package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// configure replaces the channels of the network, by the keys of their accounts.
func (w *world) configure(keys map[string]string) {
	w.t.Helper()
	var entries []directory.Entry
	for id, key := range keys {
		account, err := json.Marshal(map[string]string{"key": key})
		if err != nil {
			w.t.Fatal(err)
		}
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: id, Network: network, ContactID: "custom"}, Account: account, Platform: json.RawMessage(`{}`),
		})
	}
	if err := directory.Fill(w.t.Context(), w.bus, entries); err != nil {
		w.t.Fatal(err)
	}
}

// sendOn puts a message of a channel on its way.
func (w *world) sendOn(channel, id string) {
	w.t.Helper()
	m := outbound(id, "ann")
	m.Channel = channel
	_, err := w.bus.Publish(w.t.Context(), bus.Post{
		Subject: topology.EgressSubject(network, channel), ID: topology.MessageKey(m), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestChannelsChangeWhileTheyAreServed: an account that is refused suspends its channel and no other; the right one
// resumes it; a new channel is served; nothing is restarted.
func TestChannelsChangeWhileTheyAreServed(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	sent := map[string]string{} // the key by message
	n := courier(nil)
	n.Open = func(a courierAccount, _ provider.Host) (provider.Sender, error) {
		key := a.Key.Reveal()
		if key == "bad" {
			return nil, errors.New("the key is none")
		}
		return sendFunc(func(_ context.Context, m *messagev1.Message) (string, error) {
			mu.Lock()
			defer mu.Unlock()
			if key == "expired" {
				return "", outcome.Suspend(reason.Untranslated("the key has expired"), nil)
			}
			sent[m.GetId()] = key
			return "", nil
		}), nil
	}
	w := start(t, n)
	by := func(id string) func() bool {
		return func() bool { mu.Lock(); defer mu.Unlock(); return sent[id] != "" }
	}
	w.configure(map[string]string{"A": "bad", "B": "expired", "C": "good"})
	eventually(t, "the accounts are opened", func() bool { return strings.Contains(w.logs.String(), "account refused") })
	w.sendOn("A", "a1")
	w.sendOn("B", "b1")
	w.sendOn("C", "c1")
	eventually(t, "the good channel sends", by("c1"))
	for id, why := range map[string]string{"A": "the account cannot be used", "B": "the key has expired"} {
		eventually(t, id+" is suspended", func() bool {
			state, _, err := kv.Open(w.bus, topology.Channels).Get(t.Context(), "state."+network+"."+id)
			return err == nil && strings.Contains(string(state), why)
		})
	}
	w.configure(map[string]string{"A": "right", "B": "renewed", "C": "good", "D": "new"})
	w.sendOn("D", "d1")
	for id, key := range map[string]string{"a1": "right", "b1": "renewed", "d1": "new", "c1": "good"} {
		eventually(t, id+" is sent", by(id))
		mu.Lock()
		if sent[id] != key {
			t.Errorf("%s: sent with %q, want %q", id, sent[id], key)
		}
		mu.Unlock()
	}
}
