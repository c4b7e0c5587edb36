package email_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/email"
	"github.com/bonychat/puente/services/egress/email/emailtest"
)

// mailbox is a channel at servers.
type mailbox struct {
	t      *testing.T
	bound  provider.Bound
	sender provider.Sender
	state  kept

	mu     sync.Mutex
	cursor string
	events []provider.Event
	more   chan struct{}
}

func openAt(t *testing.T, s *emailtest.Servers, more string) *mailbox {
	t.Helper()
	client := httpclient.New(httpclient.Options{Configured: []string{"http://" + s.IMAP}})
	client.Trust(s.Trusted)
	t.Cleanup(client.Close)
	bound, err := email.Network.Bind(json.RawMessage(fmt.Sprintf(`{"address": "soporte@example.test", "name": "Acme Niños", "imap": "imaps://%s",
		"smtp": "smtp://%s", "password": "s3cret-p"%s}`, s.IMAP, s.SMTP, more)))
	if err != nil {
		t.Fatal(err)
	}
	m := &mailbox{t: t, bound: bound, more: make(chan struct{}, 1000)}
	if m.sender, err = bound.Open(provider.Host{Client: client, State: &m.state}); err != nil {
		t.Fatal(err)
	}
	return m
}

// store keeps what is heard, as Receive reads it.
func (m *mailbox) store(_ context.Context, cursor string, heard ...provider.Heard) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range heard {
		events, err := m.bound.Receive(webhook.Call{Body: h.Body})
		if err != nil {
			return err
		}
		for _, e := range events {
			for key, value := range e.State {
				m.state.set(e.Contact.GetAddress(), key, value)
			}
		}
		m.events = append(m.events, events...)
	}
	m.cursor = cursor
	m.more <- struct{}{}
	return nil
}

// listen hears from where it was, until end is called, or the test ends; it returns when the place is kept.
func (m *mailbox) listen() (end func()) {
	ctx, stop := context.WithCancel(m.t.Context())
	done := make(chan error, 1)
	from := m.cursor
	go func() { done <- m.sender.(provider.Listener).Listen(ctx, from, m.store) }()
	end = sync.OnceFunc(func() {
		stop()
		if err := <-done; err != nil {
			m.t.Errorf("Listen: %v", err)
		}
	})
	m.t.Cleanup(end)
	m.until(func([]provider.Event) bool { return m.cursor != "" })
	return end
}

// until waits for events.
func (m *mailbox) until(enough func([]provider.Event) bool) []provider.Event {
	m.t.Helper()
	end := time.After(2 * time.Minute)
	for {
		m.mu.Lock()
		ok, events := enough(m.events), m.events
		m.mu.Unlock()
		if ok {
			return events
		}
		select {
		case <-m.more:
		case <-end:
			m.t.Fatalf("did not come; heard so far: %d", len(events))
		}
	}
}

// send sends a text.
func (m *mailbox) send(id, to, text string) provider.Sent {
	m.t.Helper()
	sent, err := m.sender.Send(m.t.Context(), &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: to}, Content: content.Text(text)})
	if err != nil {
		m.t.Fatal(err)
	}
	return sent
}

// receipt waits for the receipt of a message.
func (m *mailbox) receipt(own string) *provider.Receipt {
	m.t.Helper()
	var found *provider.Receipt
	m.until(func(events []provider.Event) bool {
		for _, e := range events {
			if e.Receipt != nil && e.Receipt.OwnID == own {
				found = e.Receipt
			}
		}
		return found != nil
	})
	return found
}

// kept is a state in memory, as the bridge keeps it.
type kept struct {
	mu  sync.Mutex
	all map[string]string
}

func (k *kept) set(owner, key, value string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]string{}
	}
	k.all[owner+" "+key] = value
}

// Contact implements [provider.State].
func (k *kept) Contact(address string) provider.Values { return ofContact{k, address} }

// Get and Put are those of the channel, of which a password keeps nothing.
func (k *kept) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	return ofContact{k, ""}.Get(ctx, key)
}

func (k *kept) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	return ofContact{k, ""}.Put(ctx, key, value, revision)
}

type ofContact struct {
	*kept
	address string
}

func (k ofContact) Get(_ context.Context, key string) ([]byte, uint64, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return []byte(k.all[k.address+" "+key]), 0, nil
}

func (k ofContact) Put(_ context.Context, key string, value []byte, _ uint64) (uint64, error) {
	k.set(k.address, key, string(value))
	return 0, nil
}
