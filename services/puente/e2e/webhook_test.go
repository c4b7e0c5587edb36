package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"

	"github.com/bonychat/puente/services/egress/webhook/livechat"
	"github.com/bonychat/puente/services/egress/webhook/ownapp"
)

const (
	appSecret   = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newerSecret = "whsec_aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyB0byBzaWdu"
)

// appEnd is an app of one's own with one contact, ana.
func appEnd(t *testing.T) *farEnd {
	var mu sync.Mutex
	var app *ownapp.App
	var taken []ownapp.Message
	lost, early := 0, false
	receipt := func(id, status string) error {
		return app.Tell(context.Background(), "receipt", "r/"+id+"/"+status, map[string]string{"message": id, "status": status})
	}
	show := func(m ownapp.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if early {
			early = false
			if err := receipt(m.ID, "sent"); err != nil {
				t.Error(err)
			}
		}
		for _, known := range taken {
			if known.ID == m.ID {
				return nil
			}
		}
		taken = append(taken, m)
		if lost > 0 {
			lost--
			panic(http.ErrAbortHandler) // the connection breaks
		}
		return nil
	}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(w, r) }))
	t.Cleanup(far.Close)
	written := 0
	status := func(err error) int {
		if err != nil {
			t.Log(err)
			return http.StatusUnauthorized
		}
		return http.StatusOK
	}
	return &farEnd{
		account: map[string]any{"url": far.URL + "/bonychat", "secret": appSecret}, contactID: "custom", contact: "ana",
		register: func(address string) {
			var err error
			if app, err = ownapp.New(address, show, appSecret); err != nil {
				t.Fatal(err)
			}
		},
		write: func(body string) (int, func() int) {
			written++
			id := fmt.Sprint("c-", written)
			tell := func() int {
				return status(app.Tell(t.Context(), "message", id, map[string]any{
					"id": id, "contact": map[string]string{"id": "ana"}, "message": map[string]string{"type": "text", "text": body},
				}))
			}
			return tell(), tell
		},
		forged: func(address string) *http.Request {
			r := post(address, "application/json", `{"type":"ping"}`)
			for name, value := range map[string]string{"id": "x", "timestamp": fmt.Sprint(time.Now().Unix()), "signature": "v1,bm90IHJpZ2h0"} {
				r.Header.Set("webhook-"+name, value)
			}
			return r
		},
		texts: func() (all []string) {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range taken {
				var text struct{ Text string }
				if err := json.Unmarshal(m.Message, &text); err != nil {
					t.Error(err)
				}
				all = append(all, text.Text)
			}
			return all
		},
		tell: func(message int, what string) int {
			mu.Lock()
			id := taken[message].ID
			mu.Unlock()
			return status(receipt(id, what))
		},
		lose: func() {
			mu.Lock()
			defer mu.Unlock()
			lost++
		},
		early: func() {
			mu.Lock()
			defer mu.Unlock()
			early = true
		},
	}
}

// website is a live chat, and what its visitor's page asks for.
type website struct {
	t    *testing.T
	url  string
	mu   sync.Mutex
	chat *livechat.Chat
}

func (s *website) open(bridge, secret string) {
	chat, err := livechat.New(bridge, secret)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chat = chat
}

func (s *website) post(path, body string) (status int, answer string) {
	s.t.Helper()
	resp, err := http.Post(s.url+path, "image/png", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func (s *website) say(kind, body string) {
	s.t.Helper()
	if status, answer := s.post("/chat/ana/"+kind, body); status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", kind, status, answer)
	}
}

// line is the n-th line of the visitor's chat, once it is there.
func (s *website) line(n int) (e struct {
	ID, From string
	Message  customchannel.Message
}) {
	s.t.Helper()
	eventually(s.t, fmt.Sprintf("line %d is in the chat", n), func() bool {
		resp, err := http.Get(fmt.Sprint(s.url, "/chat/ana?from=", n))
		if err != nil {
			s.t.Fatal(err)
		}
		defer resp.Body.Close()
		var all []json.RawMessage
		if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
			s.t.Fatal(err)
		}
		return len(all) > 0 && json.Unmarshal(all[0], &e) == nil
	})
	return e
}

// TestALiveChatOnAWebsite is the whole of the webhook network: texts, a file, a quick reply, an echo, receipts, and a secret that
// is changed while both sides go on.
func TestALiveChatOnAWebsite(t *testing.T) {
	t.Parallel()
	site := &website{t: t}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site.mu.Lock()
		chat := site.chat
		site.mu.Unlock()
		chat.ServeHTTP(w, r)
	}))
	t.Cleanup(far.Close)
	site.url = far.URL
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	channel := func(secrets ...string) string {
		list, _ := json.Marshal(secrets)
		return fmt.Sprintf("  - id: A\n    network: webhook\n    contact_id: custom\n    platform: {webhook_url: %q, api_token: %q}\n    account: {url: %q, secret: %s}\n",
			br.platform.URL+"/A", tokenA, far.URL+"/bonychat", list)
	}
	br.program = start(t, channel(appSecret))
	hook := br.url + "/webhooks/webhook/A"
	site.open(hook, appSecret)
	heard := func(n int) customchannel.Event {
		t.Helper()
		eventually(t, fmt.Sprintf("the inbox has %d", n), func() bool { return len(br.platform.messages("A", "ana")) >= n })
		return br.platform.messages("A", "ana")[n-1]
	}
	agent := func(message map[string]any) string {
		t.Helper()
		a := br.send("Bearer "+tokenA, map[string]any{"channelId": "A", "contactId": "ana", "message": message})
		if a.status != http.StatusOK {
			t.Fatalf("%+v", a)
		}
		return a.mID
	}

	site.say("message", `{"id":"c-1","name":"Ana","message":{"type":"text","text":"zanahoria, por favor"}}`)
	if e := heard(1); e.Message.Text != "zanahoria, por favor" {
		t.Errorf("%+v", e)
	}
	picture := []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("zanahoria", 100))
	_, kept := site.post("/files", string(picture))
	var stored struct{ Path string }
	if err := json.Unmarshal([]byte(kept), &stored); err != nil {
		t.Fatal(err)
	}
	site.say("message", fmt.Sprintf(`{"id":"c-2","message":{"type":"attachment","attachment":{"type":"image","url":%q,"fileName":"z.png","fetch":true}}}`, far.URL+"/"+stored.Path))
	a := heard(2).Message.Attachment
	if a == nil || !strings.HasPrefix(a.URL, br.url+"/media/") {
		t.Fatalf("%+v", a)
	}
	resp, err := http.Get(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(data, picture) {
		t.Errorf("the inbox has %d bytes of the file, %v", len(data), err)
	}

	mID := agent(map[string]any{"type": "quick_reply", "title": "zanahoria?", "replies": []string{"Sí", "No"}})
	asked := site.line(2)
	if asked.From != "business" || strings.Join(asked.Message.Replies, "|") != "Sí|No" {
		t.Fatalf("%+v", asked)
	}
	for _, status := range []string{"delivered", "read"} {
		site.say("receipt", fmt.Sprintf(`{"message":%q,"status":%q}`, asked.ID, status))
	}
	eventually(t, "the agent sees that it was read", func() bool {
		return strings.HasSuffix(fmt.Sprint(br.platform.statuses(mID)), "read]")
	})
	site.say("message", `{"id":"c-3","message":{"type":"text","text":"Sí"}}`)
	if e := heard(3); e.Message.Text != "Sí" {
		t.Errorf("%+v", e)
	}

	site.say("echo", fmt.Sprintf(`{"id":%q,"message":{"type":"quick_reply","title":"zanahoria?","replies":["Sí","No"]}}`, asked.ID)) // the bridge's own
	site.say("echo", `{"id":"e-1","message":{"type":"text","text":"zanahoria en camino"}}`)
	if e := heard(4); e.Type != customchannel.EventEcho || e.Message.Text != "zanahoria en camino" {
		t.Errorf("%+v", e)
	}

	br.configure(channel(newerSecret, appSecret))
	br.reload()
	agent(map[string]any{"type": "text", "text": "zanahoria 1"}) // the app has the old one
	site.line(5)
	site.open(hook, newerSecret)
	agent(map[string]any{"type": "text", "text": "zanahoria 2"})
	site.line(0)
	eventually(t, "the new secret counts", func() bool {
		status, _ := site.post("/chat/ana/message", `{"id":"c-4","message":{"type":"text","text":"zanahoria 3"}}`)
		return status == http.StatusOK
	})
	heard(5)
	br.configure(channel(newerSecret))
	br.reload()
	site.open(hook, appSecret)
	eventually(t, "the old secret is refused", func() bool {
		status, _ := site.post("/chat/ana/message", `{"id":"c-5","message":{"type":"text","text":"zanahoria 4"}}`)
		return status == http.StatusBadGateway
	})
	if _, err := ownapp.New(hook, nil, "whsec_no base64"); err == nil {
		t.Error(errors.New("a secret that is none is taken"))
	}
}
