package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// gateway is a fake of the bridge without any of its guarantees: what comes in on one side goes out on the other.
type gateway struct {
	*httptest.Server
	t       *testing.T
	sandbox string
	ctx     context.Context // ends with the sandbox
	work    sync.WaitGroup

	mu     sync.Mutex
	answer func(w http.ResponseWriter, r *http.Request, body []byte) bool // true where it answered in the gateway's place
	sends  []string
	n      int
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{t: t}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /message", g.message)
	mux.HandleFunc("POST /webhooks/phone/{channel}", g.webhook)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		g.mu.Lock()
		answer := g.answer
		g.mu.Unlock()
		if answer != nil && answer(w, r, body) {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(g.Close)
	return g
}

// instead lets the test answer calls; nil ends it.
func (g *gateway) instead(answer func(w http.ResponseWriter, r *http.Request, body []byte) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answer = answer
}

func (g *gateway) call(url, bearer, key string, body any) {
	data, _ := json.Marshal(body)
	req, _ := http.NewRequestWithContext(g.ctx, http.MethodPost, url, bytes.NewReader(data))
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		if g.ctx.Err() == nil {
			g.t.Error(err)
		}
		return
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		g.t.Errorf("%s answered %d", url, resp.StatusCode)
	}
}

func (g *gateway) awaitShown(channel, contact, mID string) {
	for g.ctx.Err() == nil {
		resp, err := http.Get(g.sandbox + path("agent", channel, contact, "messages"))
		if err != nil {
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if bytes.Contains(body, []byte(`"mId":"`+mID+`"`)) {
			return
		}
	}
}

func (g *gateway) message(w http.ResponseWriter, r *http.Request) {
	var send struct {
		ChannelID, ContactID string
		Message              json.RawMessage
	}
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &send); err != nil {
		g.t.Error(err)
	}
	g.mu.Lock()
	g.n++
	id := fmt.Sprintf("m%d", g.n)
	g.sends = append(g.sends, string(body))
	g.mu.Unlock()
	g.work.Go(func() {
		g.awaitShown(send.ChannelID, send.ContactID, id) // a bridge gives the platform time to read the answer
		g.call(g.sandbox+"/sandbox/phone/"+send.ChannelID+"/messages", secret, id+"-0", map[string]any{
			"id": id, "to": send.ContactID, "part": 0, "message": send.Message,
		})
	})
	_, _ = fmt.Fprintf(w, `{"mId":%q}`, id)
}

func (g *gateway) webhook(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Phone-Token") != secret {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var call struct {
		Events []struct {
			ID, From, Name string
			Time           int64
			Message        json.RawMessage
			Receipt        *struct {
				OwnID  string `json:"own_id"`
				Status string
			}
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		g.t.Error(err)
	}
	for _, e := range call.Events {
		event := map[string]any{"type": "message", "mId": "in-" + e.ID, "timestamp": e.Time, "message": e.Message}
		if e.Receipt != nil {
			mID, _, _ := bytes.Cut([]byte(e.Receipt.OwnID), []byte("-"))
			event = map[string]any{"type": "message_status", "mId": string(mID), "timestamp": e.Time, "status": map[string]string{"value": e.Receipt.Status}}
		}
		post := map[string]any{"channelId": r.PathValue("channel"), "contactId": e.From, "events": []any{event}}
		if e.Name != "" {
			post["contact"] = map[string]string{"firstName": e.Name}
		}
		g.call(g.sandbox+"/sandbox/bonychat/webhook", token, "", post)
	}
}
