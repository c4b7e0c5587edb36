// Package ownapp is an app of one's own at its smallest: what has to be written to connect one to Puente by the webhook
// network, with the official library of Standard Webhooks and the standard library alone. Copy it.
//
//	app, err := ownapp.New("https://bridge.example.com/webhooks/webhook/a4p8t2v6m1q9zc", show, "whsec_…")
//	http.Handle("POST /bonychat", app)
//	err = app.Tell(ctx, "message", "c-7", map[string]any{"id": "c-7", "contact": …, "message": …})
package ownapp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// App is the app's side of one channel. It is safe for concurrent use.
type App struct {
	bridge string
	show   func(Message) error
	keys   []*standardwebhooks.Webhook
}

// Message is what an agent writes to a contact.
type Message struct {
	ID      string
	Contact struct{ ID string }
	Message json.RawMessage // the message object of the contract
}

// New makes an app. show is called for each message, for a repeat too, which has the same id; its error is that there is no
// room now, and the message comes again. secrets are those that are alive, the newest first.
func New(bridge string, show func(Message) error, secrets ...string) (*App, error) {
	a := &App{bridge: bridge, show: show}
	for _, s := range secrets {
		key, err := standardwebhooks.NewWebhook(s)
		if err != nil {
			return nil, err
		}
		a.keys = append(a.keys, key)
	}
	return a, nil
}

// ServeHTTP takes a call of the bridge's.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	var call struct {
		Type string
		Data Message
	}
	switch {
	case err != nil || !a.verified(body, r.Header):
		w.WriteHeader(http.StatusUnauthorized)
	case json.Unmarshal(body, &call) != nil || call.Type == "message" && a.show(call.Data) != nil:
		w.WriteHeader(http.StatusServiceUnavailable) // it comes again
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (a *App) verified(body []byte, header http.Header) bool {
	for _, key := range a.keys {
		if key.Verify(body, header) == nil {
			return true
		}
	}
	return false
}

// Tell tells the bridge something: a message, an echo or a receipt. The id is its own, and the same when it is told again,
// which it has to be until the error is nil; what comes after it of the same contact waits for that.
func (a *App) Tell(ctx context.Context, kind, id string, data any) error {
	now := time.Now()
	body, err := json.Marshal(map[string]any{"type": kind, "timestamp": now.UTC(), "data": data})
	if err != nil {
		return err
	}
	signature, err := a.keys[0].Sign(id, now, body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.bridge, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("User-Agent", "my-app/1.0")
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the bridge answers %s", resp.Status)
	}
	return nil
}
