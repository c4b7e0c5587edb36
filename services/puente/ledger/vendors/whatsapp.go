package vendors

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
)

// whatsApp is Meta's Cloud API.
type whatsApp struct{ host string }

func (whatsApp) Contact(i int) string { return "+" + strconv.Itoa(34600000000+i) }

func (whatsApp) Receipts() bool { return true }

func (whatsApp) ContactID() string { return "phone" }

func (d whatsApp) Account(channel string) map[string]string {
	return map[string]string{
		"api": "http://" + d.host, "phone_number_id": d.number(channel), "access_token": access(channel),
		"app_secret": Secret(channel), "verify_token": "verify",
	}
}

// number is a channel's phone number id: channels are called c0, c1 and so on.
func (whatsApp) number(channel string) string { return "10000" + strings.TrimPrefix(channel, "c") }

func (d whatsApp) Read(channel string, r *http.Request, body []byte) *Send {
	var m struct {
		To   string `json:"to"`
		Text struct {
			Body string `json:"body"`
		} `json:"text"`
		Key string `json:"biz_opaque_callback_data"`
	}
	if !strings.HasSuffix(r.URL.Path, "/"+d.number(channel)+"/messages") || json.Unmarshal(body, &m) != nil || m.Text.Body == "" {
		return nil
	}
	m.To = strings.TrimPrefix(m.To, "+")
	return &Send{Key: m.Key, ID: m.Key, To: "+" + m.To, Text: m.Text.Body, Answer: func(w http.ResponseWriter, status int, id string) {
		w.WriteHeader(status)
		code := map[int]int{http.StatusTooManyRequests: 130429, http.StatusUnauthorized: 190}[status]
		switch {
		case status == http.StatusOK:
			_, _ = fmt.Fprintf(w, `{"messaging_product":"whatsapp","contacts":[{"input":%q,"wa_id":%q}],"messages":[{"id":%q}]}`, m.To, m.To, wamid(id))
			return
		case status >= 500:
			code = 131000
		case code == 0:
			code = 100
		}
		_, _ = fmt.Fprintf(w, `{"error":{"message":"(#%d)","type":"OAuthException","code":%d,"fbtrace_id":"A"}}`, code, code)
	}}
}

// wamid is an id of the length that Meta's have: more than the contract's 50.
func wamid(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "wamid." + hex.EncodeToString(sum[:26])
}

func (d whatsApp) Calls(channel string, c *Heard) []Call {
	value := map[string]any{
		"messaging_product": "whatsapp", "metadata": map[string]string{"display_phone_number": "34900000000", "phone_number_id": d.number(channel)},
	}
	var contacts, messages, statuses []any
	for _, e := range c.Events {
		at, from := strconv.FormatInt(e.Time/1000, 10), strings.TrimPrefix(e.From, "+")
		if e.Receipt != nil {
			s := map[string]any{
				"id": wamid(e.Receipt.Message), "status": e.Receipt.Status, "timestamp": at, "recipient_id": from, "biz_opaque_callback_data": e.Receipt.OwnID,
			}
			if e.Receipt.Status == "failed" {
				s["errors"] = []any{map[string]any{"code": 131026, "title": "Message undeliverable"}}
			}
			statuses = append(statuses, s)
			continue
		}
		var m customchannel.Message
		_ = json.Unmarshal(e.Message, &m)
		contacts = append(contacts, map[string]any{"wa_id": from, "profile": map[string]string{"name": "P"}})
		messages = append(messages, map[string]any{"id": wamid(e.ID), "from": from, "timestamp": at, "type": "text", "text": map[string]string{"body": m.Text}})
	}
	if len(messages) > 0 {
		value["contacts"], value["messages"] = contacts, messages
	}
	if len(statuses) > 0 {
		value["statuses"] = statuses
	}
	body, _ := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
		"id": "1", "changes": []any{map[string]any{"field": "messages", "value": value}},
	}}})
	mac := hmac.New(sha256.New, []byte(Secret(channel)))
	mac.Write(body)
	return []Call{{http.Header{"Content-Type": {"application/json"}, "X-Hub-Signature-256": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}}, body}}
}
