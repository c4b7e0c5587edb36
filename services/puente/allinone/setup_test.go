package allinone

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	botToken  = "123456:AAE-test/token"
	botSecret = "s3cret-Token_1"
)

// botAPI is Telegram's, which knows one token, and remembers what it was called with.
type botAPI struct {
	*httptest.Server
	webhook string // what it tells of the webhook; none where it is empty
	mu      sync.Mutex
	calls   []string
}

func startBotAPI(t *testing.T, token string) *botAPI {
	t.Helper()
	b := &botAPI{}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		method := filepath.Base(r.URL.Path)
		b.mu.Lock()
		b.calls = append(b.calls, method+" "+string(body))
		b.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path != "/bot"+token+"/"+method:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
		case method == "getWebhookInfo":
			if b.webhook == "" {
				b.webhook = `{"url":""}`
			}
			_, _ = io.WriteString(w, `{"ok":true,"result":`+b.webhook+`}`)
		case method == "setWebhook" && strings.Contains(string(body), ":4443/"):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"ok":false,"error_code":400,"description":"Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"}`)
		default:
			_, _ = io.WriteString(w, `{"ok":true,"result":true}`)
		}
	}))
	t.Cleanup(b.Close)
	return b
}

// channelsFile is a configuration with two bots, one of which is polled, and a phone.
func channelsFile(t *testing.T, api, publicURL string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "puente.yaml")
	platform := func(n int) string {
		return fmt.Sprintf(`{webhook_url: "http://127.0.0.1:1/", api_token: "platform-token-%d"}`, n)
	}
	text := fmt.Sprintf(`public_url: %q
channels:
  - {id: bot, network: telegram, contact_id: custom, platform: %s, account: {token: %q, secret_token: %q, api: %q}}
  - {id: polled, network: telegram, contact_id: custom, platform: %s, account: {token: %q, mode: poll, api: %q}}
  - {id: ring, network: phone, contact_id: phone, platform: %s, account: {url: "http://127.0.0.1:1", secret: phone-secret}}
`, publicURL, platform(1), botToken, botSecret, api, platform(2), botToken, api, platform(3))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	const public = "https://bridge.example.com"
	good, dead := startBotAPI(t, botToken), startBotAPI(t, "another")
	for _, test := range []struct {
		name, api, public, channel string
		status                     int
		want                       string
	}{
		{"a bot is registered", good.URL, public, "bot", exitOK, `channel bot: telegram
  credentials  good
  webhook      registered: https://bridge.example.com/webhooks/telegram/bot
  platform     enter the API base URL https://bridge.example.com, ID type custom
`},
		{"without https a person is told what to do", good.URL, "http://127.0.0.1:8080", "bot", exitError, `channel bot: telegram
  credentials  good
  webhook      not registered, since public_url is not https
  to do        curl '` + good.URL + `/bot<TOKEN>/setWebhook' \
                 --data-urlencode 'url=http://127.0.0.1:8080/webhooks/telegram/bot' \
                 --data-urlencode 'secret_token=<SECRET_TOKEN>' \
                 --data-urlencode 'allowed_updates=["message","edited_message","callback_query","my_chat_member"]'
  platform     enter the API base URL http://127.0.0.1:8080, ID type custom
puente: 1 channel not set up
`},
		{"what is polled has no webhook", good.URL, public, "polled", exitOK, `channel polled: telegram
  credentials  good
  webhook      none: the network is listened to
  platform     enter the API base URL https://bridge.example.com, ID type custom
`},
		{"a dead credential ends it", dead.URL, public, "bot", exitError, `channel bot: telegram
  credentials  refused: Telegram refuses the bot's token: getMe: error 401
puente: 1 channel not set up
`},
		{"a refused address", good.URL, public + ":4443", "bot", exitError, `channel bot: telegram
  credentials  good
  webhook      not registered: Telegram takes no such webhook: public_url must be https, public, and on port 443, 80, 88 or 8443: setWebhook: error 400: bad webhook
puente: 1 channel not set up
`},
		{"a network that cannot be reached", "http://127.0.0.1:1", public, "bot", exitError, `channel bot: telegram
  credentials  not known: the network cannot be reached: call 127.0.0.1: dial tcp 127.0.0.1:1: connect: connection refused
puente: 1 channel not set up
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, errs, status := commandLine("setup", test.channel, "--register", "-f", channelsFile(t, test.api, test.public))
			if got := out + errs; status != test.status || got != test.want {
				t.Errorf("status %d:\n%s\nwant %d:\n%s", status, got, test.status, test.want)
			}
		})
	}
}

// All channels are set up, whatever becomes of one of them, and no credential is shown.
func TestSetUpOfAllChannels(t *testing.T) {
	t.Parallel()
	good := startBotAPI(t, botToken)
	out, errs, status := commandLine("setup", "--register", "-f", channelsFile(t, good.URL, "https://bridge.example.com"))
	for _, want := range []string{"channel bot: telegram\n  credentials  good", "channel polled: telegram\n  credentials  good", "channel ring: phone\n  credentials  not known", "1 channel not set up"} {
		if !strings.Contains(out+errs, want) {
			t.Errorf("no %q in\n%s%s", want, out, errs)
		}
	}
	if status != exitError {
		t.Errorf("status %d", status)
	}
	good.mu.Lock()
	defer good.mu.Unlock()
	if calls := strings.Join(good.calls, "\n"); !strings.Contains(calls, `setWebhook {"allowed_updates"`) || !strings.Contains(calls, botSecret) {
		t.Errorf("calls: %s", calls)
	}
	for _, credential := range []string{botToken, botSecret, "phone-secret", "platform-token"} {
		if strings.Contains(out+errs, credential) {
			t.Errorf("%s is shown:\n%s%s", credential, out, errs)
		}
	}
}

func TestSetUpOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	file := channelsFile(t, "http://127.0.0.1:1", "https://bridge.example.com")
	for args, want := range map[string]string{
		"setup nobody -f " + file:          `there is no channel "nobody": there are bot, polled, ring`,
		"setup -f " + file + "x":           "read configuration",
		"setup bot ring -f " + file:        `unexpected argument "ring"`,
		"setup --files " + file + " a b c": "unknown flag --files: did you mean --file?",
	} {
		if out, errs, status := commandLine(strings.Fields(args)...); status == exitOK || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s%s", args, status, out, errs)
		}
	}
}

// TestSetUpOnlyAsks: without --register nothing is changed at the network, whatever is registered there.
func TestSetUpOnlyAsks(t *testing.T) {
	t.Parallel()
	const updates = `"allowed_updates":["message","edited_message","callback_query","my_chat_member"]`
	for _, test := range []struct {
		name, webhook string
		status        int
		want          string
	}{
		{"none", `{"url":""}`, exitError, `  webhook      none is registered: --register makes it https://bridge.example.com/webhooks/telegram/bot
  waiting      0 calls at the network
`},
		{"the right one", `{"url":"https://bridge.example.com/webhooks/telegram/bot","pending_update_count":3,"last_error_message":"Connection timed out",` + updates + `}`, exitOK, `  webhook      registered: https://bridge.example.com/webhooks/telegram/bot
  waiting      3 calls at the network
  last error   Connection timed out
`},
		{"another one", `{"url":"https://other.example.com/hook?token=abc","pending_update_count":1}`, exitError, `  webhook      another one is registered: https://other.example.com/hook; --register makes it https://bridge.example.com/webhooks/telegram/bot
  waiting      1 call at the network
`},
		{"too few updates", `{"url":"https://bridge.example.com/webhooks/telegram/bot"}`, exitError, `  webhook      registered, but not as it has to be: --register puts it right
  waiting      0 calls at the network
`},
	} {
		for _, flag := range []string{"--check", ""} {
			t.Run(test.name+flag, func(t *testing.T) {
				t.Parallel()
				api := startBotAPI(t, botToken)
				api.webhook = test.webhook
				args := []string{"setup", "bot", "-f", channelsFile(t, api.URL, "https://bridge.example.com")}
				if flag != "" {
					args = append(args, flag)
				}
				out, errs, status := commandLine(args...)
				want := "channel bot: telegram\n  credentials  good\n" + test.want + "  platform     enter the API base URL https://bridge.example.com, ID type custom\n"
				if out != want || status != test.status {
					t.Errorf("status %d:\n%s%s\nwant %d:\n%s", status, out, errs, test.status, want)
				}
				api.mu.Lock()
				defer api.mu.Unlock()
				for _, call := range api.calls {
					if !strings.HasPrefix(call, "get") {
						t.Errorf("it called %s", call)
					}
				}
			})
		}
	}
}
