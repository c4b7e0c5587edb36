package whatsapptest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"
)

// Change is one change of a call: what happened to the number.
type Change map[string]any

// value is a change of a field, with what every change has.
func value(field string, of map[string]any) Change {
	of["messaging_product"] = "whatsapp"
	of["metadata"] = map[string]any{"display_phone_number": display, "phone_number_id": PhoneNumberID}
	return Change{"field": field, "value": of}
}

// Text is a text that a contact wrote, from a number without its plus or from a user id.
func (s *Server) Text(from, body string) Change {
	return s.Message(from, "text", map[string]any{"body": body})
}

// Message is a message of some type that a contact wrote.
func (s *Server) Message(from, kind string, of map[string]any) Change {
	message := map[string]any{"id": s.nextID(), "timestamp": fmt.Sprint(time.Now().Unix()), "type": kind, kind: of}
	contact := map[string]any{"profile": map[string]any{"name": "Test"}}
	if strings.Contains(from, ".") {
		message["from_user_id"], contact["user_id"] = from, from
	} else {
		message["from"], contact["wa_id"] = from, from
	}
	return value("messages", map[string]any{"contacts": []any{contact}, "messages": []any{message}})
}

// Echo is a text that the business wrote to a number in its WhatsApp Business app.
func (s *Server) Echo(to, body string) Change {
	return value("smb_message_echoes", map[string]any{"message_echoes": []any{map[string]any{
		"from": display, "to": to, "id": s.nextID(), "timestamp": fmt.Sprint(time.Now().Unix()), "type": "text", "text": map[string]any{"body": body},
	}}})
}

func (s *Server) nextID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	return fmt.Sprintf("wamid.HBgLMTY1MDUwNzY1MjAVAgASGBQzQTRBNjU5OUFFRTAz%09d=", s.count)
}

// Status is a receipt of a message that was taken; code goes with "failed".
func Status(m Message, status string, code int) Change {
	of := map[string]any{"id": m.ID, "status": status, "timestamp": fmt.Sprint(time.Now().Unix())}
	if strings.HasPrefix(m.To, "+") {
		of["recipient_id"] = strings.TrimPrefix(m.To, "+")
	} else {
		of["recipient_id"], of["recipient_user_id"] = "", m.To
	}
	if m.Data != "" {
		of["biz_opaque_callback_data"] = m.Data
	}
	if code != 0 {
		of["errors"] = []any{map[string]any{"code": code, "title": "Error", "message": "Error", "error_data": map[string]any{"details": "to " + m.To}}}
	}
	return value("messages", map[string]any{"statuses": []any{of}})
}

// Deliver calls the number's callback with these changes, in one signed call, once, and says what was answered. To
// deliver something again, deliver the same value.
func (s *Server) Deliver(ctx context.Context, changes ...Change) (status int, err error) {
	body, err := json.Marshal(map[string]any{
		"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": business, "changes": changes}},
	})
	if err != nil {
		return 0, err
	}
	return s.Post(ctx, escaped(body))
}

// Post calls the number's callback with a body, signed.
func (s *Server) Post(ctx context.Context, body []byte) (status int, err error) {
	hook := s.Webhook()
	if hook == "" {
		return 0, errors.New("no webhook is registered")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, []byte(AppSecret))
	mac.Write(body)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

// escaped is JSON as Meta writes it, in ASCII.
func escaped(body []byte) []byte {
	var b strings.Builder
	for _, r := range string(body) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return []byte(b.String())
}
