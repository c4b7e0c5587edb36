package linetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
)

const (
	replyCall = "POST /v2/bot/message/reply"
	pushCall  = "POST /v2/bot/message/push"
)

// replyToken is what an event may be answered with.
type replyToken struct {
	user string
	born time.Time
	used bool
}

// request is a reply or a push.
type request struct {
	To         string       `json:"to"`
	ReplyToken string       `json:"replyToken"`
	Messages   []apiMessage `json:"messages"`
}

type apiMessage struct {
	Type      string  `json:"type"`
	Text      string  `json:"text"`
	URL       string  `json:"originalContentUrl"`
	Preview   string  `json:"previewImageUrl"`
	Duration  int64   `json:"duration"`
	Title     string  `json:"title"`
	Address   string  `json:"address"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Replies   struct {
		Items []struct {
			Action struct {
				Label string `json:"label"`
				Text  string `json:"text"`
			} `json:"action"`
		} `json:"items"`
	} `json:"quickReply"`
}

// reply serves /v2/bot/message/reply.
func (s *Server) reply(body []byte) answer {
	var r request
	_ = json.Unmarshal(body, &r) // it was judged
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, wrong := s.unwilling(r, false); wrong {
		return a
	}
	t := s.tokens[r.ReplyToken]
	if t == nil || t.used || time.Since(t.born) > s.life {
		return refuse(http.StatusBadRequest, "Invalid reply token")
	}
	t.used = true
	return reply(http.StatusOK, map[string]any{"sentMessages": s.keep(t.user, r.Messages, true)})
}

// push serves /v2/bot/message/push.
func (s *Server) push(key string, body []byte) answer {
	var r request
	_ = json.Unmarshal(body, &r) // it was judged
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.keys[key]; ok && key != "" {
		a := reply(http.StatusConflict, map[string]any{"message": "The retry key is already accepted", "sentMessages": before.sent})
		a.header["X-Line-Accepted-Request-Id"] = before.request
		return a
	}
	if a, wrong := s.unwilling(r, true); wrong {
		return a
	}
	sent := s.keep(r.To, r.Messages, false)
	if key != "" {
		s.keys[key] = accepted{request: uuid.NewString(), sent: sent}
	}
	return reply(http.StatusOK, map[string]any{"sentMessages": sent})
}

var userID = regexp.MustCompile(`^U[0-9a-f]{32}$`)

// unwilling is why a reply or a push is refused. The caller holds the lock.
func (s *Server) unwilling(r request, push bool) (answer, bool) {
	switch {
	case s.Left() > 0:
		return refuse(http.StatusTooManyRequests, "The API rate limit has been exceeded. Try again later."), true
	case push && s.quota:
		return refuse(http.StatusTooManyRequests, "You have reached your monthly limit."), true
	case push && !userID.MatchString(r.To):
		return refuse(http.StatusBadRequest, "The property, 'to', in the request body is invalid (line: -, column: -)"), true
	case push && s.unknown[r.To]:
		return refuse(http.StatusBadRequest, "Failed to send messages"), true
	}
	for i, m := range r.Messages {
		if property, what := m.problem(); what != "" {
			return reply(http.StatusBadRequest, map[string]any{
				"message": "The request body has 1 error(s)",
				"details": []any{map[string]any{"message": what, "property": fmt.Sprintf("messages[%d].%s", i, property)}},
			}), true
		}
	}
	return answer{}, false
}

// problem is what the description does not say: https://developers.line.biz/en/reference/messaging-api/#message-objects
func (m apiMessage) problem() (property, what string) {
	long := func(s string, most int) bool { return len(utf16.Encode([]rune(s))) > most }
	address := func(s string) string {
		switch {
		case len(s) > 2000:
			return "Length must be between 0 and 2000"
		case !strings.HasPrefix(s, "https://"):
			return "Must be a valid HTTPS URL"
		default:
			return ""
		}
	}
	switch {
	case m.Type == "text" && m.Text == "":
		return "text", "May not be empty"
	case long(m.Text, 5000):
		return "text", "Length must be between 0 and 5000"
	case m.Type == "location" && (m.Title == "" || long(m.Title, 100)):
		return "title", "Length must be between 1 and 100"
	case m.Type == "location" && (m.Address == "" || long(m.Address, 100)):
		return "address", "Length must be between 1 and 100"
	case m.URL != "" && address(m.URL) != "":
		return "originalContentUrl", address(m.URL)
	case m.Preview != "" && address(m.Preview) != "":
		return "previewImageUrl", address(m.Preview)
	case m.Type == "audio" && m.Duration <= 0:
		return "duration", "must be greater than or equal to 1"
	}
	for i, item := range m.Replies.Items {
		if item.Action.Label == "" || len([]rune(item.Action.Label)) > 20 {
			return fmt.Sprintf("quickReply.items[%d].action.label", i), "Length must be between 1 and 20"
		}
		if item.Action.Text == "" || len([]rune(item.Action.Text)) > 300 {
			return fmt.Sprintf("quickReply.items[%d].action.text", i), "Length must be between 1 and 300"
		}
	}
	return "", ""
}

// keep keeps messages for a user, but for one who blocked the account. The caller holds the lock.
func (s *Server) keep(user string, messages []apiMessage, byReply bool) (sent []any) {
	for _, m := range messages {
		kept := Message{
			ID: s.next(), User: user, At: time.Now(), Reply: byReply, Type: m.Type, Text: m.Text, URL: m.URL, Preview: m.Preview,
			Duration: m.Duration, Title: m.Title, Address: m.Address, Latitude: m.Latitude, Longitude: m.Longitude,
		}
		for _, item := range m.Replies.Items {
			kept.Buttons = append(kept.Buttons, item.Action.Text)
		}
		sent = append(sent, map[string]any{"id": kept.ID})
		if !s.blocked[user] {
			s.Keep(user, kept)
		}
	}
	return sent
}
