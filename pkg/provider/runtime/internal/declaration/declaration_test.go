package declaration_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/declaration"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// A set of keys that cannot be fetched keeps what it has, and holds back no other set.
func TestOneSetsOutageCostsTheOthersNothing(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var version atomic.Int32
	var away atomic.Bool
	version.Store(1)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" && away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, `{"keys":[{"kty":"RSA","kid":"%s%d","n":%q,"e":"AQAB"}]}`, r.URL.Path[1:], version.Load(), base64.RawURLEncoding.EncodeToString(key.N.Bytes()))
	}))
	t.Cleanup(far.Close)
	token := func(set string) proof.JWT {
		return proof.JWT{Bearer: true, Algorithms: []proof.Algorithm{proof.RS256}, Expires: true, Keys: proof.KeySet{URL: far.URL + set}, Claims: []proof.ClaimIs{{Claim: "aud", Account: "key"}}}
	}
	b := bustest.Start(t, "courier").Connect("egress-courier")
	p := declaration.Publisher{
		Bus: b, Log: slog.New(slog.DiscardHandler), Every: time.Millisecond,
		Declared: provider.Description{Name: "courier", Webhook: &webhook.Policy{Verify: proof.AnyOf{token("/a"), token("/b")}}},
	}
	client := httpclient.New(httpclient.Options{})
	t.Cleanup(client.Close)
	if err := p.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { p.Follow(ctx, client) })
	t.Cleanup(following.Wait)
	t.Cleanup(cancel)
	declared := func(a, b string) {
		t.Helper()
		var got map[string][]proof.PublicKey
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			var d provider.Description
			if err := directory.Declaration(t.Context(), p.Bus, "courier", &d); err != nil {
				t.Fatal(err)
			}
			got = d.Webhook.Published()
			if ofA, ofB := got[far.URL+"/a"], got[far.URL+"/b"]; len(ofA) == 1 && ofA[0].ID == a && len(ofB) == 1 && ofB[0].ID == b {
				return
			}
		}
		t.Fatalf("declared are %v; want %s and %s", got, a, b)
	}
	declared("a1", "b1")
	away.Store(true)
	version.Store(2)
	declared("a1", "b2")
	// a start meanwhile loses none
	if err := p.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	declared("a1", "b2")
}
