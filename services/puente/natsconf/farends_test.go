package natsconf_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

// platform stands in for BonyChat.
type platform struct {
	URL string

	mu    sync.Mutex
	posts []customchannel.Post
}

func newPlatform(t *testing.T) *platform {
	p := &platform{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		post, err := customchannel.DecodePost(body, customchannel.Custom)
		if err != nil {
			t.Errorf("a post breaks the contract: %v", err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.posts = append(p.posts, *post)
	}))
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

// events are what was told of a contact.
func (p *platform) events(contact string) (found []customchannel.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, post := range p.posts {
		if post.ContactID == contact {
			found = append(found, post.Events...)
		}
	}
	return found
}

// send sends a text to a contact of channel T as BonyChat does.
func (d *deployment) send(contact, text string) {
	d.post("T", contact, map[string]any{"type": "text", "text": text})
}

// post sends a message as BonyChat does, and returns its id.
func (d *deployment) post(channel, contact string, message map[string]any) (mID string) {
	d.t.Helper()
	data, err := json.Marshal(map[string]any{"channelId": channel, "contactId": contact, "message": message})
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, "http://"+d.public+"/message", bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokenOf(channel))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		d.t.Fatalf("a message is answered %s", resp.Status)
	}
	var answer struct {
		MID string `json:"mId"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.MID == "" {
		d.t.Fatalf("no id: %v", err)
	}
	return answer.MID
}

// deliver delivers an update as Telegram does.
func (d *deployment) deliver(update map[string]any) {
	d.t.Helper()
	if status, err := d.bot.Deliver(d.t.Context(), update); err != nil || status != http.StatusOK {
		d.t.Fatalf("update: %d, %v", status, err)
	}
}
