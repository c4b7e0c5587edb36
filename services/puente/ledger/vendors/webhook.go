package vendors

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/bonychat/puente/pkg/customchannel"
)

// webhook is an app of one's own. It signs and verifies with the official library of Standard Webhooks, and knows a message that
// it has by its webhook-id.
type webhook struct{ host string }

func (webhook) Contact(i int) string { return fmt.Sprintf("visitor%d", i) }

func (webhook) Receipts() bool { return true }

func (webhook) ContactID() string { return "custom" }

// key is the secret of a channel's account, of the length that it has to have.
func (webhook) key(channel string) string {
	return "whsec_" + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%-32s", Secret(channel)))
}

func (d webhook) Account(channel string) map[string]string {
	return map[string]string{"url": "http://" + d.host + "/bonychat", "secret": d.key(channel), "bearer": access(channel)}
}

func (d webhook) Read(channel string, r *http.Request, body []byte) *Send {
	var call struct {
		Type string
		Data struct {
			ID      string
			Contact struct{ ID string }
			Message customchannel.Message
		}
	}
	lib, err := standardwebhooks.NewWebhook(d.key(channel))
	if err != nil || lib.Verify(body, r.Header) != nil || json.Unmarshal(body, &call) != nil || call.Type != "message" {
		return nil
	}
	id := call.Data.ID
	return &Send{
		Key: r.Header.Get(standardwebhooks.HeaderWebhookID), ID: id, To: call.Data.Contact.ID, Text: call.Data.Message.Text,
		Again: func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		Answer: func(w http.ResponseWriter, status int, _ string) {
			if status == http.StatusOK {
				status = http.StatusNoContent
			}
			w.WriteHeader(status)
		},
	}
}

func (d webhook) Calls(channel string, c *Heard) (all []Call) {
	lib, err := standardwebhooks.NewWebhook(d.key(channel))
	if err != nil {
		panic(err) // the key is made above
	}
	for _, e := range c.Events {
		payload := map[string]any{"type": "message", "timestamp": time.UnixMilli(e.Time).UTC()}
		if e.Receipt != nil {
			payload["type"] = "receipt"
			payload["data"] = map[string]string{"message": e.Receipt.OwnID, "status": e.Receipt.Status}
		} else {
			payload["data"] = map[string]any{"id": e.ID, "contact": map[string]string{"id": e.From}, "message": e.Message}
		}
		body, _ := json.Marshal(payload)
		now := time.Now()
		signature, _ := lib.Sign(e.ID, now, body)
		h := http.Header{"Content-Type": {"application/json"}}
		h.Set(standardwebhooks.HeaderWebhookID, e.ID)
		h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
		h.Set(standardwebhooks.HeaderWebhookSignature, signature)
		all = append(all, Call{h, body})
	}
	return all
}
