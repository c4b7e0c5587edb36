package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Request is a call as Slack makes it, of an event, or of an interaction, which is a form. It is signed by a secret:
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func Request(ctx context.Context, address, secret, kind string, payload any) (*http.Request, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	contentType := "application/json"
	if kind == "interactive" {
		body, contentType = []byte(url.Values{"payload": {string(body)}}.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", at, body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", at)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r, nil
}

// Deliver makes a call and returns the status of its answer.
func Deliver(ctx context.Context, address, secret, kind string, payload any) (status int, err error) {
	r, err := Request(ctx, address, secret, kind, payload)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// Tap is the payload of an interaction: somebody taps a button that has a value.
func (s *Server) Tap(user, value string) map[string]any {
	return object{
		"type": "block_actions", "user": object{"id": user, "username": "ana", "name": "ana", "team_id": "T1"}, "api_app_id": "A1", "token": "legacy",
		"container": object{"type": "message", "message_ts": s.ts(), "channel_id": Channel(user)}, "trigger_id": s.id("t"),
		"actions": []object{{"type": "button", "action_id": "puente_reply_0", "value": value, "action_ts": s.ts()}},
	}
}
