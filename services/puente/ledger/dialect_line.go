package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
)

// line is LINE's Messaging API: a reply token serves once and for a minute, a retry key for good.
type line struct {
	host string

	mu     sync.Mutex
	tokens map[string]token
}

type token struct {
	contact string
	until   time.Time
}

// tokenTime is how long a reply token is good. https://developers.line.biz/en/reference/messaging-api/#send-reply-message
const tokenTime = time.Minute

func newLine(host string) *line { return &line{host: host, tokens: map[string]token{}} }

func (*line) contact(i int) string { return fmt.Sprintf("U%032x", i) }

func (*line) receipts() bool { return false }

func (*line) contactID() string { return "custom" }

func (d *line) account(channel string) map[string]string {
	return map[string]string{
		"api": "http://" + d.host, "api_data": "http://" + d.host, "channel_access_token": accessOf(channel), "channel_secret": secretOf(channel),
	}
}

func (d *line) read(_ string, r *http.Request, body []byte) *dictum {
	var m struct {
		To       string `json:"to"`
		Token    string `json:"replyToken"`
		Messages []struct {
			Text string `json:"text"`
		} `json:"messages"`
	}
	if json.Unmarshal(body, &m) != nil || len(m.Messages) != 1 {
		return nil
	}
	refuse := func(status int, message string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"message":%q}`, message)
		}
	}
	said := &dictum{to: m.To, text: m.Messages[0].Text, answer: func(w http.ResponseWriter, status int, id string) {
		switch {
		case status == http.StatusOK:
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"sentMessages":[{"id":%q,"quoteToken":"q"}]}`, id)
		case status == http.StatusTooManyRequests:
			refuse(status, "The API rate limit has been exceeded. Try again later.")(w)
		default:
			refuse(status, "error")(w)
		}
	}}
	switch r.URL.Path {
	case "/v2/bot/message/push":
		said.key = r.Header.Get("X-Line-Retry-Key")
		said.again = func(w http.ResponseWriter) {
			w.Header().Set("X-Line-Accepted-Request-Id", "r")
			refuse(http.StatusConflict, "The retry key is already accepted")(w)
		}
		return said
	case "/v2/bot/message/reply":
		d.mu.Lock()
		t := d.tokens[m.Token]
		d.mu.Unlock()
		said.key, said.to, said.again = m.Token, t.contact, refuse(http.StatusBadRequest, "Invalid reply token")
		if !time.Now().Before(t.until) {
			said.spent = true
		}
		return said
	default:
		return nil
	}
}

func (d *line) hook(channel string, c *webhookCall) (http.Header, []byte) {
	events := []any{}
	for _, e := range c.Events {
		var m customchannel.Message
		_ = json.Unmarshal(e.Message, &m)
		reply := "token-" + channel + "-" + e.ID
		d.mu.Lock()
		if _, known := d.tokens[reply]; !known {
			d.tokens[reply] = token{e.From, time.Now().Add(tokenTime)}
		}
		d.mu.Unlock()
		events = append(events, map[string]any{
			"type": "message", "mode": "active", "timestamp": e.Time, "webhookEventId": channel + "-" + e.ID, "replyToken": reply,
			"source": map[string]string{"type": "user", "userId": e.From}, "deliveryContext": map[string]bool{"isRedelivery": false},
			"message": map[string]string{"type": "text", "id": e.ID, "quoteToken": "q", "text": m.Text},
		})
	}
	body, _ := json.Marshal(map[string]any{"destination": "U" + channel, "events": events})
	mac := hmac.New(sha256.New, []byte(secretOf(channel)))
	_, _ = io.WriteString(mac, string(body))
	return http.Header{"Content-Type": {"application/json"}, "X-Line-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}, body
}
