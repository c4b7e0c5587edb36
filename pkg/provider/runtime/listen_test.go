package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// ear is a sender that listens. What it has of a webhook must not be asked.
type ear struct {
	*setter
	hear func(ctx context.Context, call int, cursor string, store provider.Store) error

	mu      sync.Mutex
	cursors []string // that it was called with
}

func newEar(hear func(ctx context.Context, call int, cursor string, store provider.Store) error) *ear {
	return &ear{setter: &setter{sendFunc: idle, setUp: func(int) (string, error) { return "", nil }}, hear: hear}
}

func (e *ear) Listens() bool { return true }

func (e *ear) Listen(ctx context.Context, cursor string, store provider.Store) error {
	e.mu.Lock()
	e.cursors = append(e.cursors, cursor)
	call := len(e.cursors)
	e.mu.Unlock()
	return e.hear(ctx, call, cursor, store)
}

// calls are the cursors that it was called with so far.
func (e *ear) calls() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.cursors)
}

// heard is a text from ana.
func heard(n int) provider.Heard {
	return provider.Heard{Key: fmt.Sprint("h", n), Body: fmt.Appendf(nil, `[{"key": "k%d", "from": "ana", "text": "%d"}]`, n, n)}
}

func texts(events []*eventv1.Event) (all []string) {
	for _, e := range events {
		all = append(all, e.GetMessage().GetContent().GetText().GetBody())
	}
	return all
}

// tower is the courier without a webhook.
func tower(s provider.Sender) provider.Network[courierAccount] {
	n := courier(s)
	n.Webhook = nil
	return n
}

// TestWhatIsHeardIsReadAsACall by a network that makes none, and the cursor outlives the credentials.
func TestWhatIsHeardIsReadAsACall(t *testing.T) {
	t.Parallel()
	e := newEar(func(ctx context.Context, call int, _ string, store provider.Store) error {
		var err error
		switch call {
		case 1:
			err = errors.Join(store(ctx, "2", heard(1), heard(2)), store(ctx, "3", heard(3)))
		case 2:
			err = errors.Join(store(ctx, "", heard(3)), store(ctx, "", heard(4)))
		}
		if err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	})
	var calls []webhook.Call
	n := tower(e)
	n.Receive = func(a courierAccount, c webhook.Call) ([]provider.Event, error) {
		calls = append(calls, c)
		return receive(a, c)
	}
	before := time.Now()
	w := start(t, n)
	w.awaitMessages(3)
	w.configure(map[string]string{channel: "renewed"})
	got := w.awaitMessages(4)
	if diff := cmp.Diff([]string{"1", "2", "3", "4"}, texts(got)); diff != "" {
		t.Error(diff)
	}
	if id := got[3].GetMessage().GetId(); id != w.bus.Digest(digest.ForMessage, network, channel, "k4") {
		t.Errorf("id %q", id)
	}
	if diff := cmp.Diff([]string{"", "3"}, e.calls()); diff != "" {
		t.Error(diff)
	}
	for _, c := range calls {
		if c.Network != network || c.Channel != channel || c.Method != "" || c.AcceptedAt.Before(before) {
			t.Errorf("%+v", c)
		}
	}
	// what is heard again with other credentials is stored again, since it may be another account's: the id of its message
	// is the same, and drops it
	if len(calls) != 5 || e.tries.Load() != 0 {
		t.Errorf("%d calls are stored, and %d registrations were made", len(calls), e.tries.Load())
	}
	if log := w.logs.String(); strings.Contains(log, "webhook") {
		t.Errorf("the log tells of a webhook: %s", log)
	}
}

func TestListeningGoesOnWhateverHappens(t *testing.T) {
	t.Parallel()
	var leaked provider.Store
	for _, test := range []struct {
		name   string
		first  func(ctx context.Context, store provider.Store) error
		cursor string // that the second call is given
		texts  []string
		log    string
	}{
		{"an error", func(context.Context, provider.Store) error {
			return outcome.Temporary(reason.Untranslated("out of order"), nil)
		}, "", []string{"9"}, ""},
		{"a panic", func(context.Context, provider.Store) error { panic(token) }, "", []string{"9"}, "panic in a network's code"},
		{"a wait", func(context.Context, provider.Store) error {
			return outcome.Wait(time.Millisecond, outcome.Channel, nil)
		}, "", []string{"9"}, "told to wait"},
		{"an end without an error", func(ctx context.Context, store provider.Store) error { return store(ctx, "1", heard(1)) }, "1", []string{"1", "9"}, ""},
		{"a store that fails, which is hidden", func(ctx context.Context, store provider.Store) error {
			broken, cancel := context.WithCancel(ctx)
			cancel()
			if store(broken, "1", heard(1)) == nil || store(ctx, "2", heard(2)) == nil {
				panic("stored")
			}
			return nil
		}, "", []string{"9"}, ""},
		{"something that the broker refuses", func(ctx context.Context, store provider.Store) error {
			// body and suffix together are more than one message of the broker holds
			err := store(ctx, "1", provider.Heard{Key: "h1", Suffix: strings.Repeat("x", 2<<20), Body: make([]byte, webhook.LargestMaxBody)})
			if !errors.Is(err, bus.ErrTooLarge) {
				panic("stored")
			}
			return err
		}, "", []string{"9"}, ""},
		{"something too large", func(ctx context.Context, store provider.Store) error {
			large := provider.Heard{Key: "h1", Body: make([]byte, webhook.LargestMaxBody+1)}
			return store(ctx, "2", large, heard(2))
		}, "2", []string{"2", "9"}, "a dead letter says so"},
		{"a store after the end", func(_ context.Context, store provider.Store) error { leaked = store; return nil }, "", []string{"9"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEar(func(ctx context.Context, call int, _ string, store provider.Store) error {
				switch call {
				case 1:
					return test.first(ctx, store)
				case 2:
					if leaked != nil && leaked(ctx, "7", heard(7)) == nil {
						t.Error("something is stored though Listen has returned")
					}
					leaked = nil
					if err := store(ctx, "9", heard(9)); err != nil {
						return err
					}
				}
				<-ctx.Done()
				return nil
			})
			w := start(t, tower(e))
			if diff := cmp.Diff(test.texts, texts(w.awaitMessages(len(test.texts)))); diff != "" {
				t.Error(diff)
			}
			if calls := e.calls(); len(calls) != 2 || calls[1] != test.cursor {
				t.Errorf("called with %q, want %q the second time", calls, test.cursor)
			}
			if test.name == "something too large" {
				w.awaitDead(channel, "", reason.Unreadable.With("detail", fmt.Sprintf("what was heard has %d bytes; at most %d can be stored", webhook.LargestMaxBody+1, webhook.LargestMaxBody)).String())
			}
			if log := w.logs.String(); !strings.Contains(log, test.log) || strings.Contains(log, token) {
				t.Errorf("log without %q, or with what was panicked with: %s", test.log, log)
			}
		})
	}
}
