package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/egress/whatsapp"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
	"github.com/bonychat/puente/services/puente/bridge"
	"github.com/bonychat/puente/services/puente/networks"
)

const (
	customer, blocked = 101, 102
	whatsAppCustomer  = "34600111222"
	unreachable       = "34600111333" // whose messages fail by a receipt
)

// world is a bridge with three channels, the stand-ins of their networks and the platform.
type world struct {
	*testing.T
	url, internal string
	good, revoked *telegramtest.Server
	whatsapp      *whatsapptest.Server
}

// run is the page of a bridge in trouble of every kind: a customer who blocked the bot, one who is told to wait, a token
// that is dead, a lost answer, a receipt that fails, calls that are forged, refused or come twice.
func run(t *testing.T) page {
	w := start(t)
	w.good.Block(blocked, true)
	w.revoked.Revoke(true)
	for channel, contact := range map[string]string{"A": "101", "B": "201", "W": "+" + whatsAppCustomer} {
		w.send(channel, contact, http.StatusOK)
	}
	w.send("A", "102", http.StatusOK)
	w.post("/message", "nobody", `{}`, http.StatusUnauthorized)
	w.post("/message", "token-of-channel-A-0123456789", `{}`, http.StatusBadRequest)
	w.post("/webhooks/telegram/A", "", `{"update_id":1}`, http.StatusUnauthorized)

	update := w.good.Text(customer, "hola")
	for range 2 {
		if status, err := w.good.Deliver(t.Context(), update); err != nil || status != http.StatusOK {
			t.Fatalf("update: %d, %v", status, err)
		}
	}
	w.until(`puente_sends_total{far="telegram",result="sent"`, `puente_sends_total{far="telegram",result="failed"`, `puente_sends_total{far="whatsapp",result="sent"`,
		`puente_sends_total{far="bonychat",result="sent"`, `puente_dead_letters_total{kind="outbound"`)
	w.whatsapp.Fail(standin.Fault{DropAfter: true})
	w.good.Fail(standin.Fault{DropAfter: true})
	w.send("A", "103", http.StatusOK)
	w.whatsapp.Receipts(whatsapptest.Receipts{Statuses: []string{"failed"}, Code: 131026})
	w.send("W", "+"+unreachable, http.StatusOK)
	w.until(`puente_doubts_total{far="telegram",`, `puente_receipts_total{far="whatsapp",`, `puente_suspensions_total{far="telegram",`,
		`puente_receipts_total{far="whatsapp",service="translator",status="failed"`, `by="receipt"`, `puente_store_fill_ratio{service="translator",stream="DEAD"`)
	return parsed(t, w.page())
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, good: telegramtest.NewServer("1111111:AAAAbottokenAAAAAAAAAAAAAAAAAAAAAAA"), revoked: telegramtest.NewServer("2222222:BBBBbottokenBBBBBBBBBBBBBBBBBBBBBBB"), whatsapp: whatsapptest.NewServer()}
	t.Cleanup(w.good.Close)
	t.Cleanup(w.revoked.Close)
	t.Cleanup(w.whatsapp.Close)
	platform := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(platform.Close)
	public, internal := freeAddress(t), freeAddress(t)
	w.url, w.internal = "http://"+public, "http://"+internal

	dir := t.TempDir()
	channel := func(id, network, contactID string, account map[string]any) map[string]any {
		return map[string]any{"id": id, "network": network, "contact_id": contactID, "account": account,
			"platform": map[string]any{"webhook_url": platform.URL, "api_token": "token-of-channel-" + id + "-0123456789"}}
	}
	config, err := json.Marshal(map[string]any{ // JSON is YAML
		"public_url": w.url, "data": filepath.Join(dir, "data"), "listen": public, "internal": internal,
		"log": map[string]any{"format": "json", "level": "error"},
		"channels": []any{
			channel("A", "telegram", "custom", map[string]any{"token": "1111111:AAAAbottokenAAAAAAAAAAAAAAAAAAAAAAA", "secret_token": "webhook-secret-A", "api": w.good.URL}),
			channel("B", "telegram", "custom", map[string]any{"token": "2222222:BBBBbottokenBBBBBBBBBBBBBBBBBBBBBBB", "secret_token": "webhook-secret-B", "api": w.revoked.URL}),
			channel("W", "whatsapp", "phone", w.whatsapp.Account()),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "puente.yaml")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- bridge.Up(ctx, bridge.Options{Networks: networks.Set{telegram.Network, whatsapp.Network}, File: file, EndWithin: time.Minute}, io.Discard)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	w.eventually("ready", func() bool {
		resp, err := http.Get(w.internal + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	w.good.Register(telegramtest.Webhook{URL: w.url + "/webhooks/telegram/A", SecretToken: "webhook-secret-A"})
	w.whatsapp.Register(w.url + "/webhooks/whatsapp/W")
	return w
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (w *world) eventually(what string, done func() bool) {
	w.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("%s: not within a minute\n%s", what, own(w.page()))
		}
	}
}

// until waits until the page has each of these texts.
func (w *world) until(texts ...string) {
	w.Helper()
	for _, text := range texts {
		w.eventually(text, func() bool { return strings.Contains(w.page(), text) })
	}
}

// own are the lines of a page that Puente makes.
func own(page string) string {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "go_") && !strings.HasPrefix(line, "process_") && !strings.HasPrefix(line, "#") && !strings.Contains(line, "_bucket{") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func (w *world) page() string {
	resp, err := http.Get(w.internal + "/metrics")
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

func (w *world) send(channel, contact string, want int) {
	w.Helper()
	body, _ := json.Marshal(map[string]any{"channelId": channel, "contactId": contact, "message": map[string]any{"type": "text", "text": "hola"}})
	w.post("/message", "token-of-channel-"+channel+"-0123456789", string(body), want)
}

func (w *world) post(path, token, body string, want int) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != want {
		w.Errorf("%s: status %d, want %d", path, resp.StatusCode, want)
	}
}
