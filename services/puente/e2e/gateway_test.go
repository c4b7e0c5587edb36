package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// What must never stand in a log: it is looked for in all that the program wrote.
const (
	tokenA, tokenB   = "platform-token-of-channel-A-0123456789abcdefgh", "platform-token-of-channel-B-0123456789abcdefgh"
	botA, botB       = "1111111:AAAAbottokenAAAAAAAAAAAAAAAAAAAAAAA", "2222222:BBBBbottokenBBBBBBBBBBBBBBBBBBBBBBB"
	secretA, secretB = "webhook-secret-A", "webhook-secret-B"
	marker           = "zanahoria" // in every text
	phoneNumber      = "+34600111222"
)

// bridge is the program with two Telegram channels, A and B, between two stand-ins of the Bot API and one of the
// platform.
type bridge struct {
	*program
	platform *platform
	a, b     *telegramtest.Server
}

func newBridge(t *testing.T) *bridge {
	t.Helper()
	br := &bridge{a: telegramtest.NewServer(botA), b: telegramtest.NewServer(botB)}
	t.Cleanup(br.a.Close)
	t.Cleanup(br.b.Close)
	br.platform = newPlatform(t, map[string]string{"A": tokenA, "B": tokenB})
	br.program = start(t, br.channels(botA))
	br.a.Register(telegramtest.Webhook{URL: br.url + "/webhooks/telegram/A", SecretToken: secretA})
	br.b.Register(telegramtest.Webhook{URL: br.url + "/webhooks/telegram/B", SecretToken: secretB})
	t.Cleanup(func() { br.scanLogs(t) })
	return br
}

func (br *bridge) channels(tokenOfA string) string {
	return fmt.Sprintf(`
  - id: A
    network: telegram
    contact_id: custom
    platform: {webhook_url: "%[1]s/A", api_token: %[2]q}
    account: {token: %[3]q, secret_token: %[4]q, api: %[5]q}
  - id: B
    network: telegram
    contact_id: custom
    platform: {webhook_url: "%[1]s/B", api_token: %[6]q}
    account: {token: %[7]q, secret_token: %[8]q, api: %[9]q}
`, br.platform.URL, tokenA, tokenOfA, secretA, br.a.URL, tokenB, botB, secretB, br.b.URL)
}

// scanLogs looks for what must not be there.
func (br *bridge) scanLogs(t *testing.T) {
	log := br.log()
	if !strings.Contains(log, `"level":"DEBUG"`) {
		t.Error("nothing was logged at debug level: the scan proves nothing")
	}
	for _, secret := range []string{tokenA, tokenB, botA, botB, secretA, secretB, marker, phoneNumber, "600111222"} {
		if at := strings.Index(log, secret); at >= 0 {
			t.Errorf("the log holds %q: …%s…", secret, log[max(0, at-200):min(len(log), at+80)])
		}
	}
}

// answer is what POST /message was answered.
type answer struct {
	status int
	mID    string
	error  string
}

// send posts a message as the platform does. An error of the connection is status 0.
func (br *bridge) send(authorization string, body any) answer {
	data, ok := body.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(body); err != nil {
			panic(err)
		}
	}
	req, err := http.NewRequest(http.MethodPost, br.url+"/message", bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}
	}
	a := answer{status: resp.StatusCode}
	if mID, err := customchannel.DecodeAnswer(resp.StatusCode, raw); err == nil {
		a.mID = mID
	} else if resp.StatusCode == http.StatusOK {
		br.t.Errorf("an answer breaks the contract: %v", err)
	}
	var refusal struct {
		Error struct{ Message string } `json:"error"`
	}
	_ = json.Unmarshal(raw, &refusal)
	a.error = refusal.Error.Message
	return a
}

func text(channel string, contact int64, body string) map[string]any {
	return map[string]any{"channelId": channel, "contactId": fmt.Sprint(contact), "message": map[string]any{"type": "text", "text": body}}
}

// sendText sends a text that must be taken.
func (br *bridge) sendText(token, channel string, contact int64, body string) string {
	br.t.Helper()
	a := br.send("Bearer "+token, text(channel, contact, body))
	if a.status != http.StatusOK || a.mID == "" {
		br.t.Fatalf("channel %s: %+v", channel, a)
	}
	return a.mID
}

// deliver delivers an update that must be taken.
func (br *bridge) deliver(s *telegramtest.Server, update map[string]any) {
	br.t.Helper()
	if status, err := s.Deliver(br.t.Context(), update); err != nil || status != http.StatusOK {
		br.t.Fatalf("update: %d, %v", status, err)
	}
}

func texts(messages []telegramtest.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, m.Text)
	}
	return out
}

func eventTexts(events []customchannel.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.Message.Text)
	}
	return out
}
