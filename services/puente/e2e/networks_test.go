package e2e_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

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
	for _, field := range []string{"access_token", "app_secret", "verify_token", "channel_access_token", "channel_secret", "auth_token", "api_key", "webhook_token", "password", "secret", "token"} {
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
	eventually(b.t, fmt.Sprintf("%d messages are sent", n), func() bool { return len(b.far.texts()) >= n })
	return b.far.texts()
}

// told waits until the platform knows this of a message as the last.
func (b *networkBridge) told(mID, last string) {
	b.t.Helper()
	eventually(b.t, "the platform is told "+last, func() bool {
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
			eventually(t, "all arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) >= 3 })
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
				b.told(mID, map[bool]string{true: "read", false: "delivered"}[network != "clicksend" && network != "sms"])
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
		if network == "line" || network == "vk" || network == "webhook" { // they tell nothing; it carries the longest text of the contract
			continue
		}
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			b := bridgeTo(t, network)
			b.far.write(marker) // the contact may be written to
			eventually(t, "it arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) == 1 })
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
		if network == "sms" { // it has no key, and its receipts no id of ours: the channel's setting decides
			continue
		}
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			b := bridgeTo(t, network)
			b.far.write(marker) // LINE is answered by its reply token
			eventually(t, "it arrives", func() bool { return len(b.platform.messages("A", b.far.contact)) == 1 })
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

// TestTheEdgeAnswersHandshakes: Meta's challenge is answered to who knows the token, VK's question to who knows the secret, LINE's
// probe to who signs it, and none is a message.
func TestTheEdgeAnswersHandshakes(t *testing.T) {
	t.Run("whatsapp", func(t *testing.T) {
		t.Parallel()
		b := bridgeTo(t, "whatsapp")
		for token, want := range map[string]string{fmt.Sprint(b.far.account["verify_token"]): "200 1158201444", "guess": "401 ", "": "401 "} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.hook+"?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="+token, nil)
			if err != nil {
				t.Fatal(err)
			}
			status, body := b.answered(r)
			if got := fmt.Sprint(status, " ", body); got != want {
				t.Errorf("token of %d characters: %q, want %q", len(token), got, want)
			}
		}
	})
	t.Run("vk", func(t *testing.T) {
		t.Parallel()
		b := bridgeTo(t, "vk")
		for body, want := range map[string]string{
			`{"type": "confirmation", "group_id": 123456, "secret": "` + vkSecret + `"}`: "200 d4c1f2a7",
			`{"type": "confirmation", "group_id": 123456, "secret": "guess"}`:            "401 ",
			`{"type": "confirmation", "group_id": 123456}`:                               "401 ",
		} {
			status, answered := b.answered(post(b.hook, "application/json", body))
			if got := fmt.Sprint(status, " ", answered); got != want {
				t.Errorf("%s is answered %q, want %q", body, got, want)
			}
		}
	})
	t.Run("line", func(t *testing.T) {
		t.Parallel()
		b := bridgeTo(t, "line")
		const probe = `{"destination":"U0","events":[]}`
		signed := post(b.hook, "application/json", probe)
		mac := hmac.New(sha256.New, []byte("line-secret"))
		mac.Write([]byte(probe))
		signed.Header.Set("X-Line-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		if status, _ := b.answered(signed); status != http.StatusOK {
			t.Errorf("the probe is answered %d", status)
		}
		if status, _ := b.answered(post(b.hook, "application/json", probe)); status != http.StatusUnauthorized {
			t.Errorf("without a signature it is answered %d", status)
		}
	})
}
