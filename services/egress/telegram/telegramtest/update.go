package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Webhook is what is registered; the zero value for nothing.
func (s *Server) Webhook() Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhook
}

// Register registers a webhook as setWebhook does, but for a URL of any scheme.
func (s *Server) Register(w Webhook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook = w
}

// Text is an update: a text that a contact wrote.
func (s *Server) Text(chat int64, text string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[chat]++
	return map[string]any{"message": map[string]any{
		"message_id": s.ids[chat], "date": time.Now().Unix(), "text": text,
		"chat": map[string]any{"id": chat, "type": "private", "first_name": "Test"},
		"from": map[string]any{"id": chat, "is_bot": false, "first_name": "Test", "language_code": "es"},
	}}
}

// Deliver calls the registered webhook with an update, once, and says what was answered. An update without an
// update_id is given the next one; to deliver one again, deliver the same value.
func (s *Server) Deliver(ctx context.Context, update map[string]any) (status int, err error) {
	s.mu.Lock()
	hook := s.webhook
	if update["update_id"] == nil && hook.URL != "" {
		s.updates++
		update["update_id"] = s.updates
	}
	s.mu.Unlock()
	if hook.URL == "" {
		return 0, errors.New("no webhook is registered")
	}
	body, err := json.Marshal(update)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if hook.SecretToken != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.SecretToken)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook.LastError = ""
	if resp.StatusCode/100 != 2 {
		s.webhook.LastError = fmt.Sprintf("Wrong response from the webhook: %s", resp.Status)
	}
	return resp.StatusCode, nil
}
