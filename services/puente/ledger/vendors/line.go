package vendors

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

func (*line) Contact(i int) string { return fmt.Sprintf("U%032x", i) }

func (*line) Receipts() bool { return false }

func (*line) ContactID() string { return "custom" }

func (d *line) Account(channel string) map[string]string {
	return map[string]string{
		"api": "http://" + d.host, "api_data": "http://" + d.host, "channel_access_token": access(channel), "channel_secret": Secret(channel),
	}
}

func (d *line) Read(_ string, r *http.Request, body []byte) *Send {
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
	said := &Send{To: m.To, Text: m.Messages[0].Text, Answer: func(w http.ResponseWriter, status int, id string) {
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
		said.Key = r.Header.Get("X-Line-Retry-Key")
		said.Again = func(w http.ResponseWriter) {
			w.Header().Set("X-Line-Accepted-Request-Id", "r")
			refuse(http.StatusConflict, "The retry key is already accepted")(w)
		}
		return said
	case "/v2/bot/message/reply":
		d.mu.Lock()
		t := d.tokens[m.Token]
		d.mu.Unlock()
		said.Key, said.To, said.Again = m.Token, t.contact, refuse(http.StatusBadRequest, "Invalid reply token")
		if !time.Now().Before(t.until) {
			said.Spent = true
		}
		return said
	default:
		return nil
	}
}

func (d *line) Calls(channel string, c *Heard) []Call {
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
	mac := hmac.New(sha256.New, []byte(Secret(channel)))
	_, _ = io.WriteString(mac, string(body))
	return []Call{{http.Header{"Content-Type": {"application/json"}, "X-Line-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}, body}}
}
