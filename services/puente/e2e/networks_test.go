package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

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
	// lose has the next message taken and its answer lost; called twice, the one after it too.
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
		lose:  func() { s.Fail(whatsapptest.Fault{DropAfter: true}) },
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
		lose: func() { s.Fail(linetest.Fault{DropAfter: true}) },
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
		lose:  func() { s.Fail(twiliotest.Fault{Contact: clientNumber, DropAfter: true}) },
		early: func() { s.Fail(twiliotest.Fault{Contact: clientNumber, Early: "sent"}) },
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
		lose: func() { s.Fail(clicksendtest.Fault{DropAfter: true}) },
	}
}

// farEnds by network.
var farEnds = map[string]func(*testing.T) *farEnd{"whatsapp": whatsAppEnd, "line": lineEnd, "twilio": twilioEnd, "clicksend": clickSendEnd}

// networkBridge is the program with one channel of one network.
type networkBridge struct {
	*bridge
	far  *farEnd
	hook string
}

func bridgeTo(t *testing.T, network string) *networkBridge {
	t.Helper()
	far := farEnds[network](t)
	account, err := json.Marshal(far.account)
	if err != nil {
		t.Fatal(err)
	}
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	br.program = start(t, fmt.Sprintf(`
  - id: A
    network: %s
    contact_id: %s
    platform: {webhook_url: "%s/A", api_token: %q}
    account: %s
`, network, far.contactID, br.platform.URL, tokenA, account))
	b := &networkBridge{bridge: br, far: far, hook: br.url + "/webhooks/" + network + "/A"}
	far.register(b.hook)
	t.Cleanup(func() { b.scan(account) })
	return b
}

// scan looks for credentials, contacts and words in the log.
func (b *networkBridge) scan(account []byte) {
	var values map[string]any
	_ = json.Unmarshal(account, &values)
	forbidden := []string{tokenA, marker, strings.TrimPrefix(b.far.contact, "+")}
	for _, field := range []string{"access_token", "app_secret", "verify_token", "channel_access_token", "channel_secret", "auth_token", "api_key", "webhook_token"} {
		if v, _ := values[field].(string); v != "" {
			forbidden = append(forbidden, v)
		}
	}
	log := b.log()
	for _, secret := range forbidden {
		if at := strings.Index(log, secret); at >= 0 {
			b.t.Errorf("the log holds %q: …%s…", secret, log[max(0, at-200):min(len(log), at+80)])
		}
	}
}

// send posts a text that must be taken.
func (b *networkBridge) send(body string) (mID string) {
	b.t.Helper()
	a := b.bridge.send("Bearer "+tokenA, map[string]any{"channelId": "A", "contactId": b.far.contact, "message": map[string]any{"type": "text", "text": body}})
	if a.status != http.StatusOK || a.mID == "" {
		b.t.Fatalf("%+v", a)
	}
	return a.mID
}

// sent waits until the contact has been sent so many messages.
func (b *networkBridge) sent(n int) []string {
	b.t.Helper()
	eventually(b.t, 60*time.Second, fmt.Sprintf("%d messages are sent", n), func() bool { return len(b.far.texts()) >= n })
	return b.far.texts()
}

// told waits until the platform knows this of a message as the last.
func (b *networkBridge) told(mID, last string) {
	b.t.Helper()
	eventually(b.t, 60*time.Second, "the platform is told "+last, func() bool {
		all := b.platform.statuses(mID)
		return len(all) > 0 && string(all[len(all)-1]) == last
	})
	rank := map[string]int{"sent": 1, "delivered": 2, "read": 3}
	before := 0
	for _, s := range b.platform.statuses(mID) {
		if rank[string(s)] <= before {
			b.t.Errorf("statuses %v", b.platform.statuses(mID))
		}
		before = rank[string(s)]
	}
}

func (b *networkBridge) answered(r *http.Request) (status int, body string) {
	b.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data)
}

// TestEveryNetworkBothWays: what the network did not call is refused, what it calls twice is one message, and receipts end
// right however they come.
func TestEveryNetworkBothWays(t *testing.T) {
	for network := range farEnds {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			b := bridgeTo(t, network)
			if status, body := b.answered(b.far.forged(b.hook)); status < 401 || status > 403 {
				t.Errorf("a forged call is answered %d %s", status, body)
			}
			for i := range 3 {
				status, again := b.far.write(fmt.Sprint(marker, i))
				if status/100 != 2 {
					t.Fatalf("a call is answered %d", status)
				}
				if status := again(); status/100 != 2 {
					t.Errorf("repeated, it is answered %d", status)
				}
			}
			eventually(t, 30*time.Second, "all arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) >= 3 })
			if b.far.early != nil {
				b.far.early()
			}
			mID := b.send(marker + " hola")
			b.sent(1)
			b.told(mID, "sent")
			if b.far.tell != nil {
				for _, status := range []string{"delivered", "read", "delivered", "read", "sent"} {
					if got := b.far.tell(0, status); got/100 != 2 {
						t.Errorf("a receipt is answered %d", got)
					}
				}
				b.told(mID, map[bool]string{true: "read", false: "delivered"}[network != "clicksend"])
			}
			got := eventTexts(b.platform.messages("A", b.far.contact))
			if want := fmt.Sprint([]string{marker + "0", marker + "1", marker + "2"}); fmt.Sprint(got) != want {
				t.Errorf("the platform has %v, want %v", got, want)
			}
			b.told(mID, string(b.platform.statuses(mID)[len(b.platform.statuses(mID))-1]))
			if n := len(b.far.texts()); n != 1 {
				t.Errorf("%d messages were sent", n)
			}
		})
	}
}

// TestASplitMessageIsDeliveredWithItsLastPart: a receipt of one part says nothing of the whole.
func TestASplitMessageIsDeliveredWithItsLastPart(t *testing.T) {
	for network := range farEnds {
		if network == "line" { // it tells nothing
			continue
		}
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			b := bridgeTo(t, network)
			b.far.write(marker) // the contact may be written to
			eventually(t, 30*time.Second, "it arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) == 1 })
			mID := b.send(strings.Repeat(marker+" ", 500))
			b.told(mID, "sent")
			n := len(b.far.texts())
			if n < 2 {
				t.Fatalf("it went in %d parts", n)
			}
			for i := n - 1; i > 0; i-- {
				b.far.tell(i, "delivered")
			}
			after := b.send(marker)
			b.told(after, "sent") // told behind the receipts
			b.far.tell(n, "delivered")
			b.told(after, "delivered")
			b.told(mID, "sent")
			b.far.tell(0, "delivered")
			b.told(mID, "delivered")
		})
	}
}

// TestALostAnswerShowsNoDouble: the network has a key, or its receipt settles what became of the message.
func TestALostAnswerShowsNoDouble(t *testing.T) {
	for network := range farEnds {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			b := bridgeTo(t, network)
			b.far.write(marker) // LINE is answered by its reply token
			eventually(t, 30*time.Second, "it arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) == 1 })
			for i := range 3 { // the second and third have no reply token
				b.far.lose()
				if network == "line" {
					b.far.lose()
				}
				mID := b.send(fmt.Sprint(marker, " ", i))
				b.sent(i + 1)
				if b.far.tell != nil {
					b.far.tell(i, "delivered")
				}
				b.told(mID, map[bool]string{true: "delivered", false: "sent"}[b.far.tell != nil])
			}
			if got := b.far.texts(); len(got) != 3 {
				t.Errorf("the contact has %v", got)
			}
		})
	}
}
