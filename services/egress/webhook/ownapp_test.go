package webhook_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	hook "github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/webhook"
)

// bridge takes an app's calls as Puente does: by the policy, and then as events.
type bridge struct {
	t *testing.T

	mu   sync.Mutex
	full bool // no call can be stored
	said []string
}

func (b *bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	c := hook.Call{Method: r.Method, Header: r.Header, Body: body, AcceptedAt: time.Now()}
	secrets := hook.Secrets{"secret": {newer, secret}}
	if cause := webhook.Network.Webhook.Check(c, secrets); cause != hook.Authentic {
		b.t.Errorf("the app's call is refused: %s", webhook.Network.Webhook.Explain(c, secrets))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if b.full {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if err := schemaOf(b.t, "from_app").body(body); err != nil {
		b.t.Error(err)
	}
	events, err := sendertest.Receive(webhook.Network, []byte(`{"url": "https://app.example.com", "secret": "`+secret+`"}`), c)
	if err != nil {
		b.t.Error(err)
	}
	for _, e := range events {
		if e.Receipt != nil && e.Receipt.Status == eventv1.Status_STATUS_READ {
			b.said = append(b.said, "read "+e.Receipt.OwnID+e.Receipt.Ref)
		} else {
			b.said = append(b.said, e.Contact.GetAddress()+": "+e.Content.GetText().GetBody()+e.Unreadable)
		}
	}
}

func (b *bridge) fill(full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.full = full
}

// TestAnAppInJavaScript runs ownapp/js with the official library for JavaScript against the network. It is asked for by PUENTE_NODE, since it
// installs a package; .ci/run asks.
func TestAnAppInJavaScript(t *testing.T) {
	if os.Getenv("PUENTE_NODE") == "" {
		t.Skip("PUENTE_NODE is not set")
	}
	far := &bridge{t: t}
	server := httptest.NewServer(far)
	defer server.Close()
	app := startApp(t, server.URL)
	open := func(secrets string) func(id, text string) (string, error) {
		s := sendertest.Open(t, webhook.Network, `{"url": "`+app+`", "secret": `+secrets+`}`, app)
		return func(id, text string) (string, error) {
			sent, err := s.Send(t.Context(), &messagev1.Message{
				Id: id, AcceptedAt: timestamppb.Now(), Contact: &messagev1.Contact{Address: "ana"}, Content: content.Text(text),
			})
			return sent.Ref, err
		}
	}
	send := open(`"` + secret + `"`)
	if ref, err := send("m1", "¿qué tal? 🙂 \u2028<b>"); err != nil || ref != "m1-0" {
		t.Errorf("%q, %v", ref, err)
	}
	if _, err := open(`["`+newer+`", "`+secret+`"]`)("m2", "two secrets"); err != nil {
		t.Error(err)
	}
	if _, err := open(`"whsec_bm9uZSBvZiB0aGUgc2VjcmV0cyBhdCBhbGw="`)("m3", "another secret"); outcome.Classify(err) == nil || outcome.Classify(err).Class != result.Suspended {
		t.Errorf("another secret: %v", err)
	}
	far.fill(true)
	if _, err := send("m4", "again"); err == nil {
		t.Error("the app took what it could not answer")
	}
	far.fill(false)
	if _, err := send("m4", "again"); err != nil {
		t.Error(err)
	}
	want := []string{
		"read m1-0", "ana: you wrote: ¿qué tal? 🙂 \u2028<b>", "read m2-0", "ana: you wrote: two secrets", "read m4-0", "ana: you wrote: again",
	}
	far.mu.Lock()
	defer far.mu.Unlock()
	if diff := cmp.Diff(want, far.said); diff != "" {
		t.Error(diff)
	}
}

// startApp installs the app into a folder of the test, and starts it.
func startApp(t *testing.T, to string) (address string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("ownapp/js")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
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
	run := exec.Command("node", filepath.Join(dir, "app.mjs"))
	run.Env = append(os.Environ(), "BRIDGE="+to, "SECRETS="+secret, "PORT="+port)
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
	return "http://" + free
}
