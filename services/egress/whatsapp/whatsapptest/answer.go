package whatsapptest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"
)

// answer does what a call asks for.
func (s *Server) answer(r *http.Request, body []byte) answer {
	path, versioned := strings.CutPrefix(r.URL.Path, "/v23.0/")
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !versioned {
		return failed(http.StatusBadRequest, 2500, 0, "Unknown path components")
	}
	if path == app+"/subscriptions" {
		return s.subscriptions(r.Method, token, body)
	}
	if !s.Admits(token) {
		return failed(http.StatusUnauthorized, 190, 0, "Invalid OAuth access token")
	}
	node, _, _ := strings.Cut(path, "/")
	media, isMedia := s.file(node)
	if node != PhoneNumberID && node != business && !isMedia {
		return failed(http.StatusBadRequest, 100, 33, "Unsupported request: object does not exist, or cannot be loaded due to missing permissions")
	}
	if err := s.judge.Check(r.Method, r.URL, body); err != nil {
		return failed(http.StatusBadRequest, 100, 0, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	switch {
	case path == PhoneNumberID+"/messages":
		return s.send(body)
	case path == business+"/subscribed_apps":
		return s.subscribedApps(r.Method)
	case path == PhoneNumberID && r.Method == http.MethodPost:
		return s.override(body)
	case path == PhoneNumberID:
		return s.number()
	case isMedia && path == node:
		return good(map[string]any{
			"url": s.URL + "/files/" + node, "mime_type": media.Type, "file_size": fmt.Sprint(len(media.Data)), "id": node, "messaging_product": "whatsapp",
		})
	default:
		return failed(http.StatusBadRequest, 100, 0, "Unsupported request")
	}
}

func (s *Server) send(body []byte) answer {
	var m map[string]any
	_ = json.Unmarshal(body, &m) // the judge has read it
	text := func(v any, key string) string {
		o, _ := v.(map[string]any)
		t, _ := o[key].(string)
		return t
	}
	kind := text(m, "type")
	to := firstOf(text(m, "to"), text(m, "recipient"))
	of, _ := m[kind].(map[string]any)
	switch {
	case kind == "text" && text(of, "body") == "":
		return failed(http.StatusBadRequest, 131008, 0, "Required parameter is missing")
	case len(utf16.Encode([]rune(text(of, "body")))) > 4096:
		return failed(http.StatusBadRequest, 100, 0, "Param text['body'] must be at most 4096 characters long.")
	case kind == "template" && strings.ContainsAny(Message{Type: kind, Of: of}.Text(), "\n\t"),
		kind == "template" && strings.Contains(Message{Type: kind, Of: of}.Text(), "     "):
		return failed(http.StatusBadRequest, 132018, 0, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if code := s.refused[to]; code != 0 {
		return failed(statusOf(code), code, 0, "to "+to)
	}
	s.count++
	// as long as those of WhatsApp: 58 characters
	id := "wamid." + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "\x1d\x18\x0b%s\x15\x02\x00%022d", display, s.count))
	message := Message{ID: id, To: to, Type: kind, Of: of, Data: text(m, "biz_opaque_callback_data"), At: time.Now()}
	s.Keep(to, message)
	contact := map[string]any{"input": to, "wa_id": firstOf(s.spelt[to], strings.TrimPrefix(to, "+"))}
	if text(m, "to") == "" {
		contact = map[string]any{"input": to, "user_id": to}
	}
	early, after := s.receipt(message)
	if early != nil {
		s.mu.Unlock()
		early()
		s.mu.Lock()
	}
	return answer{status: http.StatusOK, after: after, body: map[string]any{
		"messaging_product": "whatsapp", "contacts": []any{contact}, "messages": []any{map[string]any{"id": id}},
	}}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// statusOf is the HTTP status that an error comes with:
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
func statusOf(code int) int {
	switch code {
	case 0, 190:
		return http.StatusUnauthorized
	case 10, 368, 131005, 131031:
		return http.StatusForbidden
	case 4, 80007, 130429:
		return http.StatusTooManyRequests
	case 131000:
		return http.StatusInternalServerError
	case 2, 131016:
		return http.StatusServiceUnavailable
	default:
		return http.StatusBadRequest
	}
}
