package runtime_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// vendor publishes keys by their names, or answers 503 where there are none.
type vendor struct {
	mu   sync.Mutex
	n    string
	keys []string
}

func (v *vendor) publish(keys ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys = keys
}

func (v *vendor) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.keys) == 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	set := ""
	for _, name := range v.keys {
		set += fmt.Sprintf(`,{"kty":"RSA","kid":%q,"n":%q,"e":"AQAB"}`, name, v.n)
	}
	_, _ = fmt.Fprintf(w, `{"keys":[%s]}`, set[1:])
}

// TestTheVendorsKeysAreDeclared: what the door judges by is what the vendor publishes, soon after it changes; an outage of the vendor's
// loses no key, whoever starts meanwhile; and of what another version declared nothing else changes.
func TestTheVendorsKeysAreDeclared(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	v := &vendor{n: base64.RawURLEncoding.EncodeToString(new(big.Int).Set(key.N).Bytes()), keys: []string{"k1"}}
	far := httptest.NewServer(v)
	t.Cleanup(far.Close)
	n := courier(nil)
	n.Webhook = &webhook.Policy{Verify: proof.JWT{
		Bearer: true, Algorithms: []proof.Algorithm{proof.RS256}, Expires: true, Keys: proof.KeySet{URL: far.URL},
		Claims: []proof.ClaimIs{{Claim: "aud", Account: "key"}},
	}}
	w, s := newWorld(t)
	serve := func(d provider.Driver) (stop func()) {
		started := make(chan struct{})
		b := s.Connect(service)
		stop = w.run(func(ctx context.Context) error {
			return runtime.Run(ctx, d, runtime.Environment{
				Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.NewTextHandler(w.logs, nil)), PublicURL: publicURL,
				KeysEvery: time.Millisecond, Started: func() { close(started) },
			})
		})
		select {
		case <-started:
		case <-time.After(30 * time.Second):
			t.Fatal("the network is not served")
		}
		return stop
	}
	type declaration struct {
		Name    string          `json:"name"`
		Extra   string          `json:"extra"`
		Webhook *webhook.Policy `json:"webhook"`
	}
	declared := func(what string, ok func(declaration, []string) bool) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			var d declaration
			var names []string
			if err := directory.Declaration(t.Context(), w.bus, network, &d); err != nil {
				t.Fatal(err)
			}
			for _, k := range d.Webhook.Published()[far.URL] {
				names = append(names, k.ID)
			}
			if ok(d, names) {
				return
			}
		}
		t.Fatal("not declared: " + what)
	}
	has := func(want ...string) func(declaration, []string) bool {
		return func(d declaration, names []string) bool { return slices.Equal(names, want) && d.Name == network }
	}
	stop := serve(n)
	declared("the first keys", has("k1"))
	v.publish("k1", "k2")
	declared("a new key beside", has("k1", "k2"))
	v.publish()
	stop()
	stop = serve(n) // while the vendor is away
	declared("the keys that were known", has("k1", "k2"))

	// a later version declares something that this one does not know
	if err := directory.Declare(t.Context(), w.bus, network, map[string]any{"name": network, "extra": "x", "webhook": n.Webhook}); err != nil {
		t.Fatal(err)
	}
	v.publish("k3")
	declared("the keys in what another version declared", func(d declaration, names []string) bool {
		return slices.Equal(names, []string{"k3"}) && d.Extra == "x"
	})
	stop()
}
