package ingress_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/ingress"
)

// change makes these the channels.
func (e *edge) change(entries ...directory.Entry) {
	e.t.Helper()
	if err := directory.Fill(e.t.Context(), e.bus, entries); err != nil {
		e.t.Fatal(err)
	}
}

// with is what a message sent with this token is answered.
func (e *edge) with(token string) int {
	e.t.Helper()
	return e.call(http.MethodPost, "/message", http.Header{"Authorization": {"Bearer " + token}}, textTo("ana", "Hola")).status
}

// calling is what a call with this secret is answered.
func (e *edge) calling(network, channel, secret string) int {
	e.t.Helper()
	return e.call(http.MethodPost, "/webhooks/"+network+"/"+channel, http.Header{"X-Test-Token": {secret}}, "{}").status
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestAChangedTokenCountsWithoutARestart(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const renewed = "renewed-token-0123456789abcdefgh"
	e.change(entry(custom, "testnet", "custom", renewed, secret))
	eventually(t, "the new token is taken", func() bool { return e.with(renewed) == http.StatusOK })
	if status := e.with(token(custom)); status != http.StatusUnauthorized {
		t.Errorf("the old token: %d", status)
	}
}

func TestAChangedWebhookSecretCountsWithoutARestart(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const renewed = "renewed-secret-0123456789"
	e.change(entry(custom, "testnet", "custom", token(custom), renewed))
	eventually(t, "the new secret is taken", func() bool { return e.calling("testnet", custom, renewed) == http.StatusAccepted })
	if status := e.calling("testnet", custom, secret); status != http.StatusForbidden {
		t.Errorf("the old secret: %d", status)
	}
}

func TestAChannelCanComeAndGo(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const added, its = "added", "token-of-the-added-0123456789"
	if message, call := e.with(its), e.calling("testnet", added, secret); message != http.StatusUnauthorized || call != http.StatusForbidden {
		t.Errorf("before it is there: %d, %d", message, call)
	}
	stays := entry(custom, "testnet", "custom", token(custom), secret)
	e.change(stays, entry(added, "testnet", "custom", its, secret))
	eventually(t, "the added is served", func() bool {
		return e.with(its) == http.StatusOK && e.calling("testnet", added, secret) == http.StatusAccepted
	})
	e.change(stays)
	eventually(t, "the removed is unknown", func() bool {
		return e.with(its) == http.StatusUnauthorized && e.calling("testnet", added, secret) == http.StatusForbidden
	})
	if message, call := e.with(token(custom)), e.calling("testnet", custom, secret); message != http.StatusOK || call != http.StatusAccepted {
		t.Errorf("the one that stays: %d, %d", message, call)
	}
}

func TestATokenThatTwoChannelsHaveIsNobodys(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const shared = "shared-token-0123456789abcdefgh"
	e.change(entry("x", "testnet", "custom", shared, secret), entry("y", "testnet", "custom", shared, secret), entry("z", "testnet", "custom", token("z"), secret))
	eventually(t, "the change is taken up", func() bool { return e.with(token("z")) == http.StatusOK })
	if status := e.with(shared); status != http.StatusUnauthorized {
		t.Errorf("the shared token: %d", status)
	}
	if log := e.log.String(); !strings.Contains(log, "shares its API token") || strings.Contains(log, shared) {
		t.Error("the log does not say so, or says too much")
	}
}

func TestANetworkThatDeclaresItselfLateIsServed(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	if status := e.calling("silent", undeclared, secret); status != http.StatusServiceUnavailable {
		t.Errorf("before: %d", status)
	}
	if err := directory.Declare(t.Context(), e.bus, "silent", provider.Description{Name: "silent", Webhook: policy}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its calls are taken", func() bool { return e.calling("silent", undeclared, secret) == http.StatusAccepted })
	eventually(t, "nothing is undeclared", func() bool { return e.in.Undeclared(t.Context()) == nil })
}

// A network's service may be of another version than ingress and declare its limits in another form: its calls are taken.
func TestANetworkOfAnotherVersionIsServed(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	declared := map[string]any{"name": "silent", "carries": map[string]any{"text": 4096, "image": true}, "webhook": policy}
	if err := directory.Declare(t.Context(), e.bus, "silent", declared); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its calls are taken", func() bool { return e.calling("silent", undeclared, secret) == http.StatusAccepted })
}

func TestNobodyIsServedBeforeTheChannelsAreKnown(t *testing.T) {
	t.Parallel()
	in := ingress.New(ingress.Options{Bus: bustest.Start(t).Connect("ingress"), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Tracer: noop.NewTracerProvider().Tracer("")})
	t.Cleanup(in.Close)
	select {
	case <-in.Loaded():
		t.Error("loaded")
	default:
	}
	if in.Undeclared(t.Context()) == nil {
		t.Error("nothing is missing")
	}
}

// TestCallsAreAnsweredWhileChannelsChange: the channel that stays is served through every change, whichever it is.
func TestCallsAreAnsweredWhileChannelsChange(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	stays := entry(custom, "testnet", "custom", token(custom), secret)
	var (
		stop  atomic.Bool
		calls atomic.Int32
		wg    sync.WaitGroup
	)
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				if message, call := e.with(token(custom)), e.calling("testnet", custom, secret); message != http.StatusOK || call != http.StatusAccepted {
					t.Errorf("%d, %d", message, call)
					return
				}
				calls.Add(1)
			}
		})
	}
	for i := range 20 {
		other := "token-of-the-other-" + strings.Repeat("x", i)
		e.change(stays, entry("other", "testnet", "custom", other, secret))
		eventually(t, "the change is taken up", func() bool { return e.with(other) == http.StatusOK })
	}
	stop.Store(true)
	wg.Wait()
	if calls.Load() == 0 {
		t.Error("nobody called meanwhile")
	}
}

// Another account in the same channel has ids of its own: its first call is no repeat of the old account's.
func TestAnotherAccountsCallIsNoRepeat(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const renewed = "another-account-0123456789"
	call := func(secret string) int {
		return e.call(http.MethodPost, "/webhooks/testnet/"+custom, http.Header{"X-Test-Token": {secret}}, `{"id": 1}`).status
	}
	for range 2 {
		if status := call(secret); status != http.StatusAccepted {
			t.Fatalf("answered %d", status)
		}
	}
	if n := len(e.calls()); n != 1 {
		t.Fatalf("a repeat is stored: %d calls", n)
	}
	e.change(entry(custom, "testnet", "custom", token(custom), renewed))
	eventually(t, "the other account is taken", func() bool { return call(renewed) == http.StatusAccepted })
	if n := len(e.calls()); n != 2 {
		t.Errorf("%d calls are stored, want one of each account", n)
	}
}
