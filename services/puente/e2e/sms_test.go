package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// smsNumber is not the number of the example that the log shows for a set-up.
const smsNumber = "+34600111777"

// smsProvider is Vonage's SMS API, of those that the network sms has a declaration of: https://developer.vonage.com/en/api/sms
type smsProvider struct {
	mu    sync.Mutex
	texts []string
	heard int
}

func (p *smsProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status, id := "0", ""
	switch {
	case r.URL.Path != "/sms/json" || r.FormValue("api_key") != "abcd1234" || r.FormValue("api_secret") != "vonage-secret":
		status = "4"
	case r.FormValue("to") != strings.TrimPrefix(smsNumber, "+") || r.FormValue("from") != strings.TrimPrefix(ownNumber, "+"):
		status = "3"
	default:
		p.texts = append(p.texts, r.FormValue("text"))
		id = fmt.Sprintf("0A%014d", len(p.texts))
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"message-count": "1", "messages": []map[string]string{{"to": r.FormValue("to"), "status": status, "message-id": id}}})
}

func smsEnd(t *testing.T) *farEnd {
	p := &smsProvider{}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	const secret = "vonage-hook"
	var hook string
	call := func(body string) int {
		resp, err := http.DefaultClient.Do(post(hook+"/"+secret, "application/json", body))
		if err != nil {
			t.Error(err)
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	text := func(id, body string) string {
		data, _ := json.Marshal(map[string]string{
			"msisdn": strings.TrimPrefix(smsNumber, "+"), "to": strings.TrimPrefix(ownNumber, "+"), "messageId": id, "text": body, "type": "text",
		})
		return string(data)
	}
	return &farEnd{
		account: map[string]any{
			"provider": "vonage", "user": "abcd1234", "password": "vonage-secret", "from": ownNumber, "secret": secret, "api": s.URL,
		},
		contactID: "phone", contact: smsNumber,
		register: func(address string) { hook = address },
		write: func(body string) (int, func() int) {
			p.mu.Lock()
			p.heard++
			said := text(fmt.Sprintf("0B%014d", p.heard), body)
			p.mu.Unlock()
			return call(said), func() int { return call(said) }
		},
		forged: func(address string) *http.Request {
			return post(address+"/guess", "application/json", text("0B9", "forged"))
		},
		texts: func() []string {
			p.mu.Lock()
			defer p.mu.Unlock()
			return append([]string(nil), p.texts...)
		},
		tell: func(message int, status string) int {
			if status != "delivered" {
				return http.StatusOK // it has no word for it
			}
			return call(fmt.Sprintf(`{"msisdn": %q, "to": "Acme", "messageId": "0A%014d", "err-code": "0", "status": "delivered"}`, strings.TrimPrefix(smsNumber, "+"), message+1))
		},
	}
}
