package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// reload tells the program that its file has changed.
func (p *program) reload() {
	p.t.Helper()
	if err := p.runs[len(p.runs)-1].cmd.Process.Signal(syscall.SIGHUP); err != nil {
		p.t.Fatal(err)
	}
}

// unchanged says that the program is still the one that was started first.
func (p *program) unchanged() {
	p.t.Helper()
	if len(p.runs) != 1 {
		p.t.Fatalf("%d runs", len(p.runs))
	}
	select {
	case <-p.runs[0].done:
		p.t.Errorf("the program ended: %s", p.log())
	default:
	}
}

// telegramChannel is one more channel of the file, with the account of channel B's bot.
func (br *bridge) telegramChannel(id, apiToken string) string {
	return fmt.Sprintf(`  - id: %[1]s
    network: telegram
    contact_id: custom
    platform: {webhook_url: "%[2]s/%[1]s", api_token: %[3]q}
    account: {token: %[4]q, secret_token: %[5]q, api: %[6]q}
`, id, br.platform.URL, apiToken, botB, secretB, br.b.URL)
}

// call is what a webhook call of a network is answered.
func (br *bridge) call(network, channel string, header http.Header) int {
	br.t.Helper()
	req, err := http.NewRequest(http.MethodPost, br.url+"/webhooks/"+network+"/"+channel, strings.NewReader("{}"))
	if err != nil {
		br.t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		br.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func telegramSecret(secret string) http.Header {
	return http.Header{"X-Telegram-Bot-Api-Secret-Token": {secret}}
}

func TestAChangedAPITokenCountsAfterAReload(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const renewed = "platform-token-of-channel-A-renewed-0123456789"
	br.platform.renew("A", renewed)
	br.configure(strings.Replace(br.channels(botA), tokenA, renewed, 1))
	br.reload()
	// asked for earlier, the new token is a wrong one, and of these no caller has more than some dozens
	eventually(t, "the file is read again", func() bool { return strings.Contains(br.log(), `"changed":["A"]`) })
	eventually(t, "the new token is taken", func() bool { return br.send("Bearer "+renewed, text("A", 1, marker)).status == http.StatusOK })
	if a := br.send("Bearer "+tokenA, text("A", 1, marker)); a.status != http.StatusUnauthorized {
		t.Errorf("the old token: %+v", a)
	}
	br.sendText(tokenB, "B", 1, marker)
	br.unchanged()
	if strings.Contains(br.log(), renewed) {
		t.Error("the log says too much")
	}
}

func TestABadFileChangesNothingAndIsToldWhole(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const never = "platform-token-that-never-counts-0123456789"
	bad := strings.Replace(br.channels(botA), tokenA, never, 1)
	bad = strings.Replace(bad, "contact_id: custom", "contact_id: nonsense", 1)
	br.configure(strings.Replace(bad, "secret_token", "secret_tokem", 1))
	br.reload()
	eventually(t, "the mistakes are told", func() bool {
		log := br.log()
		return strings.Contains(log, "channels[0].contact_id: must be phone or custom") && strings.Contains(log, "secret_tokem")
	})
	if a := br.send("Bearer "+never, text("A", 1, marker)); a.status != http.StatusUnauthorized {
		t.Errorf("a token of the bad file: %+v", a)
	}
	br.sendText(tokenA, "A", 1, marker)
	if _, err := br.a.Wait(t.Context(), 1, 1); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(br.dir, "puente.yaml")); err != nil {
		t.Fatal(err)
	}
	br.reload()
	eventually(t, "a file that is gone is told", func() bool { return strings.Contains(br.log(), "no such file") })
	br.sendText(tokenA, "A", 1, marker)
	br.configure(br.channels(botA) + br.telegramChannel("C", "platform-token-of-channel-C-0123456789abcdefgh"))
	br.reload()
	eventually(t, "a good file is taken again", func() bool { return br.call("telegram", "C", telegramSecret(secretB)) == http.StatusOK })
	br.unchanged()
	if strings.Contains(br.log(), never) {
		t.Error("the log holds a token")
	}
}

func TestAChannelComesAndGoesAtAReload(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const tokenC = "platform-token-of-channel-C-0123456789abcdefgh"
	br.platform.renew("C", tokenC)
	if a, status := br.send("Bearer "+tokenC, text("C", 1, marker)), br.call("telegram", "C", telegramSecret(secretB)); a.status != http.StatusUnauthorized || status != http.StatusUnauthorized {
		t.Errorf("before it is there: %d, %d", a.status, status)
	}
	br.configure(br.channels(botA) + br.telegramChannel("C", tokenC))
	br.reload()
	eventually(t, "its messages are taken", func() bool { return br.send("Bearer "+tokenC, text("C", 1, marker)).status == http.StatusOK })
	if status := br.call("telegram", "C", telegramSecret(secretB)); status != http.StatusOK {
		t.Errorf("a call of the added channel: %d", status)
	}
	br.configure(br.channels(botA))
	br.reload()
	eventually(t, "it is unknown", func() bool { return br.send("Bearer "+tokenC, text("C", 1, marker)).status == http.StatusUnauthorized })
	if status := br.call("telegram", "C", telegramSecret(secretB)); status != http.StatusUnauthorized {
		t.Errorf("a call of the removed channel: %d", status)
	}
	br.sendText(tokenA, "A", 1, marker)
	br.unchanged()
	for _, want := range []string{`"added":["C"]`, `"removed":["C"]`} {
		if !strings.Contains(br.log(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}
}

func TestSettingsThatNeedARestartAreNamed(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.sendText(tokenA, "A", 1, marker)
	path := filepath.Join(br.dir, "puente.yaml")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(file), "level: debug", "level: error", 1)+"trusted_proxies: [10.0.0.0/8]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	br.reload()
	eventually(t, "they are named", func() bool { return strings.Contains(br.log(), `"settings":["log","trusted_proxies"]`) })
	eventually(t, "and that nothing else changed", func() bool { return strings.Contains(br.log(), `"added":null,"changed":null,"removed":null`) })
	br.unchanged()
}

// phones stands in for the phone network.
type phones struct {
	URL  string
	mu   sync.Mutex
	sent []string
}

func newPhones(t *testing.T) *phones {
	p := &phones{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call struct {
			Message struct{ Text string }
		}
		_ = json.NewDecoder(r.Body).Decode(&call) // what is no message has no text
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent = append(p.sent, call.Message.Text)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id": "phone-%d"}`, len(p.sent))
	}))
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

func (p *phones) has(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.sent, text)
}

func TestANewNetworksServiceStartsAtAReload(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	if strings.Contains(br.log(), "egress-phone") {
		t.Error("the service of a network without channels runs")
	}
	network := newPhones(t)
	const tokenP = "platform-token-of-channel-P-0123456789abcdefgh"
	br.platform.renew("P", tokenP)
	br.configure(br.channels(botA) + fmt.Sprintf(`  - id: P
    network: phone
    contact_id: custom
    platform: {webhook_url: "%s/P", api_token: %q}
    account: {url: %q, secret: "0123456789abcdef"}
`, br.platform.URL, tokenP, network.URL))
	br.reload()
	eventually(t, "its messages are taken", func() bool { return br.send("Bearer "+tokenP, text("P", 1, marker+" probe")).status == http.StatusOK })
	br.runs[0].ready("the program, with its new service")
	br.sendText(tokenP, "P", 1, marker+" telefono")
	eventually(t, "its messages are sent", func() bool { return network.has(marker + " telefono") })
	br.unchanged()
}
