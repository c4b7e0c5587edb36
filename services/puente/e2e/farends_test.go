package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/clicksend/clicksendtest"
	"github.com/bonychat/puente/services/egress/line/linetest"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
	"github.com/bonychat/puente/services/egress/whatsapp/whatsapptest"
)

// farEnd is the stand-in of a network, with one contact, as the tests of all of them need it.
type farEnd struct {
	// account is as it is configured, contactID the channel's ID type, contact as the platform names it.
	account            map[string]any
	contactID, contact string
	// register makes the network call an address.
	register func(address string)
	// write has the contact write, and says what the call was answered; again makes the same call once more.
	write func(body string) (status int, again func() int)
	// forged is a call that the network did not make.
	forged func(address string) *http.Request
	// texts is what the contact was sent, in order.
	texts func() []string
	// tell has the network tell a status of a message that it was sent, and says what the call was answered; nil where it
	// tells none.
	tell func(message int, status string) int
	// lose has the next message taken and its answer lost; called twice, the one after it too. nil where nothing settles what became of it.
	lose func()
	// early has the next message's first receipt told before its answer; nil where the network cannot.
	early func()
}

const clientNumber, ownNumber = "+34600111222", "+34911000111"

func post(address, contentType, body string) *http.Request {
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", contentType)
	return req
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return v
	}
}

func whatsAppEnd(t *testing.T) *farEnd {
	s := whatsapptest.NewServer()
	t.Cleanup(s.Close)
	number := strings.TrimPrefix(clientNumber, "+")
	deliver := func(c whatsapptest.Change) int { return must[int](t)(s.Deliver(t.Context(), c)) }
	return &farEnd{
		account: s.Account(), contactID: "phone", contact: clientNumber, register: s.Register,
		write: func(body string) (int, func() int) {
			c := s.Text(number, body)
			return deliver(c), func() int { return deliver(c) }
		},
		forged: func(address string) *http.Request {
			r := post(address, "application/json", `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"messages":[{"from":"34600111222","id":"x","timestamp":"1","type":"text","text":{"body":"forged"}}]}}]}]}`)
			r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
			return r
		},
		texts: func() (all []string) {
			for _, m := range s.Messages(clientNumber) {
				all = append(all, m.Text())
			}
			return all
		},
		tell: func(message int, status string) int {
			return deliver(whatsapptest.Status(s.Messages(clientNumber)[message], status, 0))
		},
		lose:  func() { s.Fail(standin.Fault{DropAfter: true}) },
		early: func() { s.Receipts(whatsapptest.Receipts{Statuses: []string{"sent"}, Early: true}) },
	}
}

func lineEnd(t *testing.T) *farEnd {
	s := linetest.NewServer("line-token", "line-secret")
	t.Cleanup(s.Close)
	user := linetest.User(1)
	return &farEnd{
		account:   map[string]any{"channel_access_token": "line-token", "channel_secret": "line-secret", "api": s.URL, "api_data": s.URL},
		contactID: "custom", contact: user, register: s.Register,
		write: func(body string) (int, func() int) {
			e := s.Text(user, body)
			return must[int](t)(s.Deliver(t.Context(), e)), func() int { return must[int](t)(s.Redeliver(t.Context(), e)) }
		},
		forged: func(address string) *http.Request {
			r := post(address, "application/json", string(s.Body(s.Text(user, "forged"))))
			r.Header.Set("X-Line-Signature", s.Signature([]byte("another body")))
			return r
		},
		texts: func() (all []string) {
			for _, m := range s.Messages(user) {
				all = append(all, m.Text)
			}
			return all
		},
		lose: func() { s.Fail(standin.Fault{DropAfter: true}) },
	}
}

func twilioEnd(t *testing.T) *farEnd {
	const sid, token = "AC0123456789abcdef0123456789abcdef", "twilio-token"
	s := twiliotest.NewServer(sid, token, ownNumber)
	t.Cleanup(s.Close)
	deliver := func(form url.Values) int { return must[int](t)(s.Deliver(t.Context(), form)) }
	return &farEnd{
		account:   map[string]any{"account_sid": sid, "auth_token": token, "from": ownNumber, "api": s.URL},
		contactID: "phone", contact: clientNumber,
		register: func(address string) {
			n := s.Number(ownNumber)
			n.SmsURL = address
			s.SetNumber(n)
		},
		write: func(body string) (int, func() int) {
			form := s.Text(clientNumber, ownNumber, body)
			return deliver(form), func() int { return deliver(form) }
		},
		forged: func(address string) *http.Request {
			form := s.Text(clientNumber, ownNumber, "forged")
			r := post(address, "application/x-www-form-urlencoded", form.Encode())
			r.Header.Set("X-Twilio-Signature", twiliotest.Sign("another token", address, form))
			return r
		},
		texts: func() (all []string) {
			for _, m := range s.Messages(clientNumber) {
				all = append(all, m.Body)
			}
			return all
		},
		tell: func(message int, status string) int {
			return must[int](t)(s.Status(t.Context(), s.Messages(clientNumber)[message].Sid, status, 0))
		},
		lose:  func() { s.Fail(standin.Fault{To: clientNumber, DropAfter: true}) },
		early: func() { s.Early(clientNumber, "sent") },
	}
}

func clickSendEnd(t *testing.T) *farEnd {
	s := clicksendtest.NewServer("acme", "clicksend-key")
	t.Cleanup(s.Close)
	deliver := func(p clicksendtest.Push) int {
		statuses := must[[]int](t)(s.Deliver(t.Context(), p))
		if len(statuses) != 1 {
			t.Errorf("clicksend called %d addresses", len(statuses))
			return 0
		}
		return statuses[0]
	}
	codes := map[string]int{"sent": 200, "delivered": 201}
	return &farEnd{
		account:   map[string]any{"username": "acme", "api_key": "clicksend-key", "webhook_token": "clicksend-webhook", "api": s.URL},
		contactID: "phone", contact: clientNumber,
		register: func(address string) {
			if err := s.AddRules(address+"?token=clicksend-webhook", "post"); err != nil {
				t.Fatal(err)
			}
		},
		write: func(body string) (int, func() int) {
			p := s.Write(clientNumber, body)
			return deliver(p), func() int { return deliver(p) }
		},
		forged: func(address string) *http.Request {
			return post(address+"?token=guess", "application/x-www-form-urlencoded", url.Values{"message_id": {"X"}, "from": {clientNumber}, "body": {"forged"}}.Encode())
		},
		texts: func() (all []string) {
			for _, m := range s.Messages(clientNumber) {
				all = append(all, m.Body)
			}
			return all
		},
		tell: func(message int, status string) int {
			code, ok := codes[status]
			if !ok {
				return http.StatusOK // it has no word for it
			}
			return deliver(s.Report(s.Messages(clientNumber)[message], code))
		},
		lose: func() { s.Fail(standin.Fault{DropAfter: true}) },
	}
}

// farEnds by network.
var farEnds = map[string]func(*testing.T) *farEnd{"whatsapp": whatsAppEnd, "line": lineEnd, "twilio": twilioEnd, "clicksend": clickSendEnd, "sms": smsEnd, "webhook": appEnd, "vk": vkEnd}
