package linetest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Event is one event as LINE's webhook has it. To deliver it again, deliver the same value.
type Event map[string]any

// ReplyToken is the event's, "" for none.
func (e Event) ReplyToken() string {
	token, _ := e["replyToken"].(string)
	return token
}

// Text is an event: a text that a user wrote.
func (s *Server) Text(user, text string) Event {
	return s.Message(user, map[string]any{"type": "text", "text": text, "quoteToken": "q3Plxr4AgKd"})
}

// Message is an event: a message that a user sent, as LINE's webhook has it. It is given an id where it has none.
func (s *Server) Message(user string, message map[string]any) Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if message["id"] == nil {
		message["id"] = s.next()
	}
	token := strings.ReplaceAll(uuid.NewString(), "-", "")
	s.tokens[token] = &replyToken{user: user, born: time.Now()}
	return Event{
		"type": "message", "mode": "active", "timestamp": time.Now().UnixMilli(), "webhookEventId": s.ulid(),
		"source":          map[string]any{"type": "user", "userId": user},
		"deliveryContext": map[string]any{"isRedelivery": false}, "replyToken": token, "message": message,
	}
}

// ulid is an id in the form of LINE's event ids. The caller holds the lock.
func (s *Server) ulid() string {
	s.ids++
	return fmt.Sprintf("01J%023d", s.ids)
}

// Webhook is what is registered.
type Webhook struct {
	URL string
	// Active says that webhooks are switched on in the console.
	Active bool
}

// Webhook is what is registered; the zero value for nothing.
func (s *Server) Webhook() Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook
}

// Register registers a webhook of any scheme, switched on.
func (s *Server) Register(url string) { s.SetWebhook(Webhook{URL: url, Active: true}) }

// SetWebhook makes the webhook this one.
func (s *Server) SetWebhook(w Webhook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook = w
}

// Deliver calls the registered webhook with events, all in one call, and says what was answered.
func (s *Server) Deliver(ctx context.Context, events ...Event) (status int, err error) {
	hook := s.Webhook()
	if hook.URL == "" {
		return 0, errors.New("no webhook is registered")
	}
	return s.call(ctx, hook.URL, events)
}

// Redeliver is like Deliver for events that were delivered before: they are the same but for the mark.
func (s *Server) Redeliver(ctx context.Context, events ...Event) (status int, err error) {
	for _, e := range events {
		e["deliveryContext"] = map[string]any{"isRedelivery": true}
	}
	return s.Deliver(ctx, events...)
}

// Body is the body of a call with these events, and Signature the header that goes with a body.
func (s *Server) Body(events ...Event) []byte {
	if events == nil {
		events = []Event{}
	}
	body, err := json.Marshal(map[string]any{"destination": User(0), "events": events})
	if err != nil {
		panic(err) // a test made it
	}
	return body
}

// Signature is that of a body with the server's own channel secret.
func (s *Server) Signature(body []byte) string { return Sign(s.secret, body) }

// Sign is https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (s *Server) call(ctx context.Context, url string, events []Event) (int, error) {
	body := s.Body(events...)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "LineBotWebhook/2.0")
	r.Header.Set("X-Line-Signature", s.Signature(body))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// endpoint serves what is registered; 404 where nothing is.
func (s *Server) endpoint() answer {
	hook := s.Webhook()
	if hook.URL == "" {
		return refuse(http.StatusNotFound, "Webhook endpoint not found")
	}
	return reply(http.StatusOK, map[string]any{"endpoint": hook.URL, "active": hook.Active})
}

func (s *Server) setEndpoint(body []byte) answer {
	var in struct {
		URL string `json:"endpoint"`
	}
	_ = json.Unmarshal(body, &in) // it was judged
	if !strings.HasPrefix(in.URL, "https://") {
		return refuse(http.StatusBadRequest, "Invalid webhook endpoint URL")
	}
	s.SetWebhook(Webhook{URL: in.URL, Active: s.Webhook().Active})
	return reply(http.StatusOK, map[string]any{})
}

// test calls a webhook without any event.
func (s *Server) test(ctx context.Context, body []byte) answer {
	var in struct {
		URL string `json:"endpoint"`
	}
	_ = json.Unmarshal(body, &in) // it was judged
	if in.URL == "" {
		in.URL = s.Webhook().URL
	}
	result := map[string]any{"success": false, "timestamp": time.Now().UTC().Format(time.RFC3339Nano), "statusCode": 0,
		"reason": "COULD_NOT_CONNECT", "detail": "-"}
	if status, err := s.call(ctx, in.URL, nil); err == nil {
		result["statusCode"], result["detail"], result["reason"] = status, fmt.Sprint(status), "ERROR_STATUS_CODE"
		if status == http.StatusOK {
			result["success"], result["reason"] = true, "OK"
		}
	}
	return reply(http.StatusOK, result)
}
