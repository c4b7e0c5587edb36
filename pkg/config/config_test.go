package config_test

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/provider"
)

var update = flag.Bool("update", false, "write the golden files")

// account is that of a made-up network.
type account struct {
	Token       provider.Secret  `json:"token"`
	SecretToken provider.Secret  `json:"secret_token,omitzero"`
	Chat        string           `json:"chat"`
	Mode        string           `json:"mode,omitempty"`
	Port        int              `json:"port,omitempty"`
	Extra       map[string]any   `json:"extra,omitempty"`
	Signing     provider.Secrets `json:"signing,omitzero"`
}

func (a account) Validate() error {
	if a.Mode != "" && a.Mode != "pigeon" {
		return errors.New("mode: must be pigeon")
	}
	return nil
}

var known = networks.Of(provider.Network[account]{Name: "test"})

// env has secrets: no mistake may hold "S3CRET".
func env(name string) (string, bool) {
	value, ok := map[string]string{
		"TOKEN": "S3CRET-token-0123", "OTHER": "S3CRET-other-0123", "EMPTY": "", "REPLICAS": "3", "YES": "true", "HOST": "okeybot.com",
		"REFERENCE": "${TOKEN}", "FOLDER": "testdata",
	}[name]
	return value, ok
}

func parse(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	return config.Parse("puente.yaml", []byte(text), env, known...)
}

func must(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := parse(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const full = `
listen: ":8443"
internal: "[::1]:9000"
public_url: HTTPS://Bridge.example.com:8443/
data: /var/lib/puente
nats: {url: "tls://user:${TOKEN}@a:4222, nats://b:4222", credentials: nats.creds, replicas: "${REPLICAS}", store: 20GB, sync: 5s}
log: {level: debug, format: json}
allow_addresses: [10.1.2.3/8, 192.168.1.5, "fd00::/8"]
trusted_proxies: [127.0.0.1]
trace: {trust_caller: true, jaeger: "https://Traces.example.com/jaeger/"}
stop: {grace: 2m, linger: 0s}
history: {folder: found, keep: 48h, store: 1GB}
retention: {sent: 12h}
control: {reflection: true, tokens: [{name: ana, role: write, token: "${TOKEN}-and-more-of-it"}, {name: watch, role: read, token: 0123456789abcdef0123456789abcdef}]}
channels:
  - id: k7m2q9x4t8w1zb
    network: test
    contact_id: custom
    platform: {webhook_url: "https://${HOST}/custom/webhook?a=b", api_token: "${TOKEN}"}
    account: {token: "x-${OTHER}", chat: "1", port: 8_080, extra: {list: [1, 1.5, true, null, "${TOKEN}"], date: 2024-01-01}}
    uncertain: resend
  - id: b
    network: test
    contact_id: phone
    locale: en
    platform: {webhook_url: http://127.0.0.1/, api_token: another-of-enough}
    account:
      token: abcdefghijklmnop
      chat: |
        two
        lines
`

func TestEverySettingIsRead(t *testing.T) {
	c := must(t, full)
	for _, tc := range []struct {
		name      string
		got, want any
	}{
		{"listen", c.Listen, ":8443"},
		{"internal", c.Internal, "[::1]:9000"},
		{"public_url", c.PublicURL, "https://bridge.example.com:8443"},
		{"data", c.Data, "/var/lib/puente"},
		{"nats.url", c.NATS.URL, "tls://user:S3CRET-token-0123@a:4222, nats://b:4222"},
		{"nats.credentials", c.NATS.Credentials, "nats.creds"},
		{"nats.replicas", c.NATS.Replicas, 3},
		{"nats.store", c.NATS.Store, int64(20 << 30)},
		{"nats.sync", c.NATS.SyncInterval, 5 * time.Second},
		{"embedded", c.NATS.Embedded(), false},
		{"log.level", c.Log.Level, slog.LevelDebug},
		{"log.format", c.Log.Format, config.JSON},
		{"allow_addresses", fmt.Sprint(c.AllowAddresses), "[10.0.0.0/8 192.168.1.5/32 fd00::/8]"},
		{"trusted_proxies", c.TrustedProxies[0], netip.MustParsePrefix("127.0.0.1/32")},
		{"trace", c.Trace.TrustCaller, true},
		{"trace.jaeger", c.Trace.Jaeger, "https://traces.example.com/jaeger"},
		{"a trace's address", c.Trace.URL("7ef719a6b3d84c1f9c0b7ef719a6b3d8"), "https://traces.example.com/jaeger/trace/7ef719a6b3d84c1f9c0b7ef719a6b3d8"},
		{"no trace", c.Trace.URL(""), ""},
		{"no Jaeger", config.Trace{}.URL("7ef719a6b3d84c1f9c0b7ef719a6b3d8"), ""},
		{"stop.grace", c.Stop.Grace, 2 * time.Minute},
		{"stop.linger", c.Stop.LingerOr(time.Second), time.Duration(0)},
		{"history", c.History, config.History{Folder: c.History.Folder, Keep: 48 * time.Hour, Store: 1 << 30}},
		{"history.folder", filepath.Base(c.History.Folder), "found"},
		{"retention.sent", c.Retention.Sent, 12 * time.Hour},
		{"control.reflection", c.Control.Reflection, true},
		{"control.tokens", len(c.Control.Tokens), 2},
		{"control.tokens.name", c.Control.Tokens[0].Name, "ana"},
		{"control.tokens.role", c.Control.Tokens[0].Role, operators.Write},
		{"control.tokens.token", c.Control.Tokens[0].Token.Reveal(), "S3CRET-token-0123-and-more-of-it"},
		{"channels", len(c.Channels), 2},
		{"id", c.Channels[0].ID, "k7m2q9x4t8w1zb"},
		{"network", c.Channels[0].Network, "test"},
		{"contact_id", string(c.Channels[0].ContactID + " " + c.Channels[1].ContactID), "custom phone"},
		{"webhook_url", c.Channels[0].Platform.WebhookURL, "https://okeybot.com/custom/webhook?a=b"},
		{"api_token", c.Channels[0].Platform.APIToken.Reveal(), "S3CRET-token-0123"},
		{"uncertain", c.Channels[1].Uncertain, config.Resend},
		{"locale", string(c.Channels[0].Locale + " " + c.Channels[1].Locale), "es en"},
		{"warnings", len(c.Warnings), 0},
		{
			"account", string(c.Channels[0].Account.Reveal()),
			`{"chat":"1","extra":{"date":"2024-01-01","list":[1,1.5,true,null,"S3CRET-token-0123"]},"port":8080,"token":"x-S3CRET-other-0123"}`,
		},
		{"account of lines", string(c.Channels[1].Account.Reveal()), `{"chat":"two\nlines\n","token":"abcdefghijklmnop"}`},
		{
			"platform", string(c.Channels[0].Platform.Reveal()),
			`{"api_token":"S3CRET-token-0123","webhook_url":"https://okeybot.com/custom/webhook?a=b"}`,
		},
	} {
		if diff := cmp.Diff(tc.want, tc.got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"empty file": "", "comment": "# nothing\n", "null": "---\n", "empty mapping": "{}", "empty values": "listen: ''\nnats:\nlog: {level: }\nchannels: []\n",
		"empty reference": `nats: {url: "${EMPTY}", replicas: "${EMPTY}"}`,
	} {
		c := must(t, text)
		if c.Listen != "127.0.0.1:8080" || c.Internal != "127.0.0.1:8081" || c.PublicURL != "http://127.0.0.1:8080" || c.Data != "data" ||
			!c.NATS.Embedded() || c.NATS.Replicas != 1 || c.NATS.SyncInterval != 0 || c.Log.Level != slog.LevelInfo ||
			c.Log.Format != config.Text || c.AllowAddresses != nil || c.TrustedProxies != nil || c.Trace.TrustCaller || c.Channels == nil || len(c.Channels) > 0 {
			t.Errorf("%s: %+v", name, c)
		}
		if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0].String(), "channels: there is no channel") {
			t.Errorf("%s: warnings %v", name, c.Warnings)
		}
	}
}

func TestPublicURL(t *testing.T) {
	for text, want := range map[string]string{
		"listen: localhost:80":                                   "http://localhost:80",
		"listen: '[::1]:80'":                                     "http://[::1]:80",
		"listen: 127.0.0.1:0":                                    "",
		"listen: 0.0.0.0:80\npublic_url: http://10.0.0.1:80":     "http://10.0.0.1:80",
		"listen: 0.0.0.0:80\npublic_url: https://b.example.com/": "https://b.example.com",
		"listen: 0.0.0.0:80\npublic_url: https://Peña.example":   "https://xn--pea-8ma.example",
	} {
		if c := must(t, text); c.PublicURL != want {
			t.Errorf("%q: %q, not %q", text, c.PublicURL, want)
		}
	}
}

func TestWarnings(t *testing.T) {
	c := must(t, `
public_url: http://bridge.example.com
channels:
  - {id: a, network: test, contact_id: phone, platform: {webhook_url: "http://okeybot.com", api_token: 0123456789abcde}, account: {token: ñññññññññññññññ, secret_token: 0123456789abcdef, chat: c, signing: [a-long-one-0123456, short]}}
  - {id: b, network: test, contact_id: phone, platform: {webhook_url: "https://okeybot.com", api_token: 0123456789abcdef}, account: {token: 0123456789abcdef, chat: c}}
`)
	want := []string{
		"puente.yaml:2: public_url: plain http is fine for trying only: most networks call https alone",
		"puente.yaml:4: channels[0].platform.webhook_url: plain http shows the token to whoever listens in",
		"puente.yaml:4: channels[0].platform.api_token: has fewer than 16 characters: a secret this short can be guessed",
		"puente.yaml:4: channels[0].account.token: has fewer than 16 characters: a secret this short can be guessed",
		"puente.yaml:4: channels[0].account.signing: has fewer than 16 characters: a secret this short can be guessed",
	}
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONIsRead(t *testing.T) {
	c := must(t, "{\n\t\"data\": \"\\/srv\\u002f\\ud83d\\ude00\\\\u\",\n\t\"channels\": [\n\t]\n}")
	if c.Data != `/srv/😀\u` {
		t.Errorf("%q", c.Data)
	}
}

func TestLoad(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "puente.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PUENTE_TEST_SECRETS", folder)
	write("token", "S3CRET\r\n\n")
	write("puente.yaml", `
data: store
channels:
  - id: a
    network: test
    contact_id: phone
    platform: {webhook_url: https://okeybot.com, api_token: "file:${PUENTE_TEST_SECRETS}/token"}
    account: {token: "file:token", chat: "$${PUENTE}"}
`)
	c, err := config.Load(path, known)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Channels[0].Platform.APIToken.Reveal(); got != "S3CRET" {
		t.Errorf("api_token %q", got)
	}
	if got := string(c.Channels[0].Account.Reveal()); got != `{"chat":"${PUENTE}","token":"S3CRET"}` {
		t.Errorf("account %s", got)
	}
	if want := filepath.Join(folder, "store"); c.Data != want {
		t.Errorf("data %q, not %q", c.Data, want)
	}
	if _, err := config.Load(filepath.Join(folder, "none"), known); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	write("puente.yaml", strings.Repeat("#", yamlfile.MaxSize+1))
	if _, err := config.Load(path, known); err == nil || !strings.Contains(err.Error(), "is larger than 67108864 bytes") {
		t.Errorf("large file: %v", err)
	}
}

// Who signs people in for the console, and which roles their groups have.
func TestConsole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "puente.yaml")
	read := func(text string) operators.Console {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.LoadControl(file)
		if err != nil {
			t.Fatal(err)
		}
		return c.Control.Console
	}
	c := read("control: {console: {proxies: [10.0.0.0/8], user_header: x-auth-request-email, roles: {read: ['*'], write: [ops, admins]}}}\n")
	if len(c.Proxies) != 1 || c.UserHeader != "X-Auth-Request-Email" || c.GroupsHeader != "X-Forwarded-Groups" || c.Off ||
		len(c.Roles[operators.Read]) != 1 || len(c.Roles[operators.Write]) != 2 || len(c.Roles[operators.Content]) != 0 {
		t.Errorf("%+v", c)
	}
	if c := read("control: {console: {off: true}}\n"); !c.Off {
		t.Errorf("%+v", c)
	}
}
