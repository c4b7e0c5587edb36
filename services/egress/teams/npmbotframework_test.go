package teams_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/pkg/provider/jwks"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/services/egress/teams"
)

// metadata publishes keys as Microsoft does: an OpenID configuration that names a JWK set.
func metadata(t *testing.T, signers ...*signer) (address string) {
	t.Helper()
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	answer := func(path string, data []byte) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(data)
		})
	}
	about, _ := json.Marshal(map[string]any{
		"issuer": "https://api.botframework.com", "jwks_uri": s.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
	answer("/v1/.well-known/openidconfiguration", about)
	answer("/keys", published(signers...))
	return s.URL + "/v1/.well-known/openidconfiguration"
}

// startJudge installs npm botframework-connector into a folder of the test, and starts it.
func startJudge(t *testing.T, metadata string) (address string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("internal/npmbotframework")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	free, err := foreigntest.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free)
	run := exec.Command("node", filepath.Join(dir, "judge.cjs"), port, metadata, appID)
	p, err := foreigntest.Start(ctx, run, "http://"+free+"/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Log.String())
		}
	})
	return "http://" + free + "/"
}

// TestNpmBotFramework has Microsoft's own SDK judge the calls that the policy judges, by the same published keys: they agree. It is
// asked for by PUENTE_TEAMS, since it installs packages; .ci/run asks.
func TestNpmBotFramework(t *testing.T) {
	if os.Getenv("PUENTE_TEAMS") == "" {
		t.Skip("PUENTE_TEAMS is not set")
	}
	now := time.Now()
	microsoft, unendorsed, stranger := newSigner(t, "k1", "msteams", "webchat"), newSigner(t, "k2", "webchat"), newSigner(t, "k3", "msteams")
	address := metadata(t, microsoft, unendorsed)
	client := sendertest.NewClient(address)
	defer client.Close()
	keys, err := jwks.Fetch(t.Context(), client, address)
	if err != nil {
		t.Fatal(err)
	}
	policy := teams.Network.Webhook.WithKeys(map[string][]proof.PublicKey{teams.KeysURL: keys})
	judge := startJudge(t, address)
	for _, p := range presentedBy(t, microsoft, unendorsed, stranger, now) {
		asked, _ := json.Marshal(map[string]string{
			"authorization": "Bearer " + p.token, "serviceUrl": "https://smba.trafficmanager.net/emea/", "channelId": "msteams",
		})
		resp, err := http.Post(judge, "application/json", bytes.NewReader(asked))
		if err != nil {
			t.Fatal(err)
		}
		var verdict struct {
			Accepted bool   `json:"accepted"`
			Why      string `json:"why"`
		}
		err = json.NewDecoder(resp.Body).Decode(&verdict)
		_ = resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %t %s", p.name, verdict.Accepted, verdict.Why)
		if cause := policy.Check(callOf(p.body, p.token, now), secrets); verdict.Accepted != p.good || (cause == webhook.Authentic) != p.good {
			t.Errorf("%s: Microsoft's SDK says %t (%s), the policy %s", p.name, verdict.Accepted, verdict.Why, cause)
		}
	}
}
