package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox"
	"github.com/bonychat/puente/services/sandbox/chat"
)

const (
	token  = "platform-token-1"
	secret = "phone-secret-1"
)

// rig is a sandbox before a fake gateway, both on HTTP.
type rig struct {
	*testing.T
	gateway *gateway
	sandbox *sandbox.Sandbox
	url     string
	stop    context.CancelFunc
}

func start(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, gateway: newGateway(t)}
	var base string
	cfg := sandbox.Config{
		Channels: []sandbox.Channel{
			{ID: "c1", Network: "phone", ContactID: customchannel.Custom, Token: provider.NewSecret(token), Secret: provider.NewSecret(secret)},
			{ID: "c2", Network: "phone", ContactID: customchannel.Phone, Token: provider.NewSecret("token-2"), Secret: provider.NewSecret("secret-2")},
			{ID: "c3", Network: "telegram", ContactID: customchannel.Custom, Token: provider.NewSecret("token-3")},
		},
		APIBaseURL: func() string { return r.gateway.URL },
		URL:        func() string { return base },
		PhoneDelay: -1,
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	r.sandbox = sandbox.New(cfg)
	srv := httptest.NewServer(r.sandbox.Handler())
	base, r.url = srv.URL, srv.URL
	r.gateway.sandbox = srv.URL
	ctx, cancel := context.WithCancel(context.Background())
	r.stop, r.gateway.ctx = cancel, ctx
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := r.sandbox.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); r.gateway.work.Wait(); wg.Wait(); srv.Close() })
	return r
}

// call does a call and decodes its answer into v, which may be nil.
func (r *rig) call(method, path, body string, v any, header ...string) int {
	r.Helper()
	req, err := http.NewRequest(method, r.url+path, bytes.NewBufferString(body))
	if err != nil {
		r.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body)
	if v != nil {
		if err := json.Unmarshal(data, v); err != nil {
			r.Fatalf("%s %s answered %d %q: %v", method, path, resp.StatusCode, data, err)
		}
	}
	return resp.StatusCode
}

// refusal is the shape of every error.
type refusal struct {
	Error struct {
		Message string
		Breaks  []string
	}
}

func path(side, channel, contact, tail string) string {
	return "/sandbox/api/" + side + "/" + channel + "/" + url.PathEscape(contact) + "/" + tail
}

func (r *rig) list(side, channel, contact string) []chat.Entry {
	r.Helper()
	var out []chat.Entry
	if status := r.call(http.MethodGet, path(side, channel, contact, "messages"), "", &out); status != http.StatusOK {
		r.Fatalf("list = %d", status)
	}
	return out
}

// send posts a text on one side and returns what is shown.
func (r *rig) send(side, contact, text string) chat.Entry {
	r.Helper()
	var e chat.Entry
	if status := r.call(http.MethodPost, path(side, "c1", contact, "messages"), textJSON(text), &e); status != http.StatusOK {
		r.Fatalf("send = %d", status)
	}
	return e
}

func textJSON(s string) string {
	data, _ := json.Marshal(map[string]string{"type": "text", "text": s})
	return string(data)
}

// post calls BonyChat's webhook as a gateway does.
func (r *rig) post(bearer, body string, v any) int {
	r.Helper()
	return r.call(http.MethodPost, "/sandbox/bonychat/webhook", body, v,
		"Authorization", "Bearer "+bearer, "Content-Type", "application/json")
}

func messageEvent(mID, text string) string {
	return fmt.Sprintf(`{"type":"message","mId":%q,"timestamp":1718000000123,"message":%s}`, mID, textJSON(text))
}

func statusEvent(mID, status string) string {
	return fmt.Sprintf(`{"type":"message_status","mId":%q,"timestamp":1718000000123,"status":{"value":%q,"message":"why"}}`, mID, status)
}

func postBody(channel, contact string, events ...string) string {
	return fmt.Sprintf(`{"channelId":%q,"contactId":%q,"events":[%s]}`, channel, contact, join(events))
}

func join(events []string) (out string) {
	for i, e := range events {
		if i > 0 {
			out += ","
		}
		out += e
	}
	return out
}

func (r *rig) warnings() []string {
	r.Helper()
	var list []struct{ Text string }
	r.call(http.MethodGet, "/sandbox/api/warnings?channel=c1&contact=ana", "", &list)
	var out []string
	for _, w := range list {
		out = append(out, w.Text)
	}
	return out
}

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
