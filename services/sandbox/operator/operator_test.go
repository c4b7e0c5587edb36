package operator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox/chat"
	"github.com/bonychat/puente/services/sandbox/operator"
)

const secret = "phone-secret-1"

// gateway is the other end of the wire: it keeps the events it took, in order, and answers as told.
type gateway struct {
	*httptest.Server
	mu     sync.Mutex
	status func(call int) int
	calls  int
	tokens []string
	events []told
}

type told struct {
	ID, From, Name string
	Message        *customchannel.Message
	Receipt        *struct {
		Message string
		OwnID   string `json:"own_id"`
		Status  string
		Reason  string
	}
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{status: func(int) int { return http.StatusOK }}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		defer g.mu.Unlock()
		g.calls++
		g.tokens = append(g.tokens, r.Header.Get("X-Phone-Token"))
		status := g.status(g.calls)
		if status == http.StatusOK {
			var call struct{ Events []told }
			if err := json.Unmarshal(body, &call); err != nil {
				t.Errorf("call cannot be read: %v", err)
			}
			g.events = append(g.events, call.Events...)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) taken() []told {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]told(nil), g.events...)
}

func (g *gateway) statuses() []string {
	var out []string
	for _, e := range g.taken() {
		if e.Receipt != nil {
			out = append(out, e.Receipt.Status)
		}
	}
	return out
}

// start runs an operator before a gateway until the test ends.
func start(t *testing.T, g *gateway, cfg operator.Config) (*operator.Operator, string) {
	t.Helper()
	cfg.Secret = provider.NewSecret(secret)
	cfg.WebhookURL = func() string { return g.URL }
	if cfg.Delay == 0 {
		cfg.Delay = -1
	}
	op := operator.New(cfg)
	var wg sync.WaitGroup
	ctx := t.Context() // ends before the cleanups
	wg.Go(func() { _ = op.Run(ctx) })
	t.Cleanup(wg.Wait)
	srv := httptest.NewServer(op)
	t.Cleanup(srv.Close)
	return op, srv.URL
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func text(s string) customchannel.Message {
	return customchannel.Message{Type: customchannel.TypeText, Text: s}
}

func send(t *testing.T, url, key string, body any) (status int, id string, header http.Header, err error) {
	t.Helper()
	data, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/messages", bytes.NewReader(data))
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Idempotency-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	var got struct{ ID string }
	_ = json.NewDecoder(resp.Body).Decode(&got)
	return resp.StatusCode, got.ID, resp.Header, nil
}

func message(id, to, s string) map[string]any {
	return map[string]any{"id": id, "to": to, "message": text(s)}
}

func TestSendShowsAndTells(t *testing.T) {
	g := newGateway(t)
	op, url := start(t, g, operator.Config{})
	status, id, _, err := send(t, url, "m1-0", message("m1", "ana", "hola"))
	if err != nil || status != http.StatusOK || id == "" {
		t.Fatalf("answer = %d %q %v, want 200 with an id", status, id, err)
	}
	eventually(t, "delivered is told", func() bool { return cmp.Equal(g.statuses(), []string{"sent", "delivered"}) })
	op.Look("ana")
	op.Look("ana") // nothing new
	eventually(t, "read is told", func() bool { return cmp.Equal(g.statuses(), []string{"sent", "delivered", "read"}) })
	for _, e := range g.taken() {
		if e.Receipt.Message != id || e.Receipt.OwnID != "m1-0" || e.From != "ana" {
			t.Errorf("receipt = %+v, want one for %s (m1-0)", e.Receipt, id)
		}
	}
	got := op.Phone("ana")
	if len(got) != 1 || got[0].MID != "m1" || got[0].Status != chat.Read || string(got[0].Message) != `{"type":"text","text":"hola"}` {
		t.Errorf("phone shows %+v", got)
	}
	if tokens := g.tokens; tokens[0] != secret {
		t.Errorf("token = %q", tokens[0])
	}
}

func TestIdempotency(t *testing.T) {
	g := newGateway(t)
	op, url := start(t, g, operator.Config{})
	_, first, _, _ := send(t, url, "m1-0", message("m1", "ana", "hola"))
	_, again, _, _ := send(t, url, "m1-0", message("m1", "ana", "hola"))
	if first != again || len(op.Phone("ana")) != 1 {
		t.Errorf("repeat got id %q after %q and %d are shown, want the same and one", again, first, len(op.Phone("ana")))
	}
	if r := op.Record(); len(r) != 1 || r[0].Repeats != 1 || r[0].Key != "m1-0" || r[0].MessageID != "m1" {
		t.Errorf("record = %+v", r)
	}
	if status, _, _, _ := send(t, url, "m1-0", message("m1", "ana", "adiós")); status != http.StatusConflict {
		t.Errorf("key with another text = %d, want 409", status)
	}
	op.Switch(operator.Switches{})
	if _, id, _, _ := send(t, url, "m1-0", message("m1", "ana", "hola")); id == first {
		t.Error("without idempotency a repeat has the same id")
	}
	if got := op.Phone("ana"); len(got) != 2 || !cmp.Equal(got[1].Warnings, []string{"doubled"}) {
		t.Errorf("without idempotency the phone shows %+v", got)
	}
}
