package runtime_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// deskAccount is one of several desks of an office, which has one line.
type deskAccount struct {
	Office string `json:"office"`
	Desk   string `json:"desk"`
}

func (a deskAccount) Identity() string { return a.Office }

// line is what the desks of an office share.
type line struct{ office string }

// desk is a sender that only listens.
type desk struct{ hear func(context.Context) }

func (d desk) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, nil
}
func (d desk) Listens() bool { return true }
func (d desk) Listen(ctx context.Context, _ string, _ provider.Store) error {
	d.hear(ctx)
	return nil
}

// TestChannelsOfAnAccountShare one thing for as long as one of them is configured, and know each other's settings as they are now.
func TestChannelsOfAnAccountShare(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	listens := map[deskAccount]*provider.Shared{}
	n := provider.Network[deskAccount]{
		Name: network, Abilities: provider.Abilities{Identity: deskAccount{}, Listener: desk{}}, Receive: func(deskAccount, webhook.Call) ([]provider.Event, error) { return nil, nil },
		Open: func(a deskAccount, h provider.Host) (provider.Sender, error) {
			provider.SharedOf(h.Shared, func() *line { return &line{a.Office} })
			return desk{func(ctx context.Context) {
				mu.Lock()
				listens[a] = h.Shared
				mu.Unlock()
				<-ctx.Done()
				mu.Lock()
				defer mu.Unlock()
				delete(listens, a)
			}}, nil
		},
	}
	w, s := newWorld(t)
	configure := func(all ...deskAccount) {
		var entries []directory.Entry
		for _, a := range all {
			raw, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, directory.Entry{
				Channel: directory.Channel{ID: a.Office + a.Desk, Network: network, ContactID: "custom"}, Account: raw, Platform: json.RawMessage(`{}`),
			})
		}
		if err := directory.Fill(t.Context(), w.bus, entries); err != nil {
			t.Fatal(err)
		}
	}
	// awaitListening waits for these to listen, and no others.
	awaitListening := func(all ...deskAccount) (shared []*provider.Shared) {
		t.Helper()
		eventually(t, "they listen", func() bool {
			mu.Lock()
			defer mu.Unlock()
			shared = nil
			for _, a := range all {
				shared = append(shared, listens[a])
			}
			return len(listens) == len(all) && !slices.Contains(shared, nil)
		})
		return shared
	}
	x1, x2, x3, y1 := deskAccount{"X", "1"}, deskAccount{"X", "2"}, deskAccount{"X", "3"}, deskAccount{"Y", "1"}
	configure(x2, x1, y1)
	w.serve(n, s.Connect(service))
	first := awaitListening(x1, x2, y1)
	if first[0] != first[1] || first[0] == first[2] {
		t.Errorf("the desks of an office share %p and %p, those of another %p", first[0], first[1], first[2])
	}
	if got := provider.AccountsOf[deskAccount](first[0]); !slices.Equal(got, []deskAccount{x1, x2}) {
		t.Errorf("configured are %v", got)
	}
	configure(x3, x2, y1)
	second := awaitListening(x2, x3, y1)
	if second[0] != first[0] || second[1] != first[0] || second[2] != first[2] {
		t.Error("something else is shared after a change")
	}
	if got := provider.AccountsOf[deskAccount](first[0]); !slices.Equal(got, []deskAccount{x2, x3}) {
		t.Errorf("configured are %v", got)
	}
	if got := provider.SharedOf(second[1], func() *line { return nil }); got == nil || got.office != "X" {
		t.Errorf("shared is %v", got)
	}
	configure(y1)
	awaitListening(y1)
	if got := provider.AccountsOf[deskAccount](first[0]); len(got) != 0 {
		t.Errorf("configured are %v", got)
	}
}
