package runtime_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

// TestADeadCredentialIsToldOnceAndDisturbsNoOther; a new one is tried at once.
func TestADeadCredentialIsToldOnceAndDisturbsNoOther(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	calls := map[string]int{} // by key
	n := tower(newEar(nil))
	n.Open = func(a courierAccount, _ provider.Host) (provider.Sender, error) {
		key := a.Key.Reveal()
		return newEar(func(ctx context.Context, _ int, cursor string, store provider.Store) error {
			mu.Lock()
			calls[key]++
			mu.Unlock()
			switch key {
			case "expired":
				return outcome.Suspend(reason.Untranslated("the key has expired"), nil)
			case "refused":
				return outcome.Reject(reason.Untranslated("nothing to hear"), nil)
			}
			for at, _ := strconv.Atoi(cursor); at < 20; at++ {
				if err := store(ctx, strconv.Itoa(at+1), provider.Heard{Body: fmt.Appendf(nil, `[{"key": "%s%d", "from": "ana", "text": "%s"}]`, key, at, key)}); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return nil
		}), nil
	}
	w := start(t, n)
	w.awaitMessages(20) // the world's own channel
	w.configure(map[string]string{channel: "expired", "B": "refused", "C": "good"})
	w.awaitMessages(40)
	eventually(t, "both are found dead", func() bool { return strings.Count(w.logs.String(), "channel is not heard") == 2 })
	mu.Lock()
	if calls["expired"] != 1 || calls["refused"] != 1 || calls["good"] != 1 {
		t.Errorf("calls %v", calls)
	}
	mu.Unlock()
	if log := w.logs.String(); !strings.Contains(log, "the key has expired") || !strings.Contains(log, "nothing to hear") {
		t.Errorf("log: %s", log)
	}
	w.configure(map[string]string{channel: "expired", "B": "renewed", "C": "good"})
	w.awaitMessages(60)
	mu.Lock()
	defer mu.Unlock()
	if calls["expired"] != 1 || calls["renewed"] != 1 {
		t.Errorf("calls %v", calls)
	}
}

// TestNothingIsPassedThatIsNotStored: the broker does not answer for a while. What was heard then is heard again, once.
func TestNothingIsPassedThatIsNotStored(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t)
	line := s.Line(t)
	var once sync.Once
	e := newEar(func(ctx context.Context, _ int, cursor string, store provider.Store) error {
		for at, _ := strconv.Atoi(cursor); at < 5; at++ {
			var broken bool
			once.Do(func() { line.Hold(); broken = true })
			err := store(ctx, strconv.Itoa(at+1), heard(at+1))
			if broken {
				line.Resume()
				if err == nil {
					t.Error("stored without a broker")
				}
			}
			if err != nil {
				return err
			}
		}
		<-ctx.Done()
		return nil
	})
	b, err := bus.Connect(line.URL(), bus.Options{Name: service})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(context.Background()) })
	w.serve(tower(e), b)
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5"}, texts(w.awaitMessages(5))); diff != "" {
		t.Error(diff)
	}
	if calls := e.calls(); len(calls) < 2 || calls[1] != "" {
		t.Errorf("called with %q", calls)
	}
	if got := s.Stored(topology.Webhooks(network).Name, 0); len(got) != 5 {
		t.Errorf("%d calls are stored", len(got))
	}
}
