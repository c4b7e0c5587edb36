package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/operators"
)

// While a credential is being changed there are two of it.
func TestACredentialCanBeAList(t *testing.T) {
	for signing, want := range map[string]string{
		`one`: `"one"`, `"${TOKEN}"`: `"S3CRET-token-0123"`, `["${TOKEN}", "x-${OTHER}", "007"]`: `["S3CRET-token-0123","x-S3CRET-other-0123","007"]`,
		`[one]`: `["one"]`, `[]`: `[]`,
	} {
		c := must(t, "channels: [{id: a, network: test, contact_id: phone, platform: {webhook_url: https://x, api_token: t}, account: {token: t, chat: c, signing: "+signing+"}}]")
		if got := string(c.Channels[0].Account.Reveal()); got != `{"chat":"c","signing":`+want+`,"token":"t"}` {
			t.Errorf("%s: %s", signing, got)
		}
	}
}

// A service knows one network, and none of the credentials.
func TestSharedPassesOverChannels(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puente.yaml")
	if err := os.WriteFile(path, []byte("listen: localhost:1\nchannels: [{network: pager, account: \"${PUENTE_TEST_UNSET}\"}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.LoadShared(path)
	if err != nil || c.Listen != "localhost:1" || c.Channels != nil || c.Warnings != nil {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestCredentialsDoNotPrint(t *testing.T) {
	c := must(t, full)
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "config", c, "channel", c.Channels[0], "account", c.Channels[0].Account, "nats", c.NATS)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "config", c, "account", c.Channels[0].Account)
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	hidden := struct{ c config.Channel }{c.Channels[0]}
	for _, f := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&b, f, c)
		fmt.Fprintf(&b, f, *c)
		fmt.Fprintf(&b, f, hidden)
		fmt.Fprintf(&b, f, c.Channels[0].Account)
	}
	if all := b.String() + string(data); strings.Contains(all, "S3CRET") || strings.Contains(all, fmt.Sprintf("%x", "S3CRET")) {
		t.Error(all)
	}
}

// A service that is given no credentials reads the same file as the one that has them.
func TestOnlyWhoServesTheControlAPIReadsItsTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "puente.yaml")
	text := "control: {tokens: [{name: ana, role: write, token: '${PUENTE_TEST_CONTROL_TOKEN}'}]}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := config.LoadShared(file); err != nil || len(c.Control.Tokens) > 0 {
		t.Errorf("without it: %v", err)
	}
	if _, err := config.LoadControl(file); err == nil || !strings.Contains(err.Error(), "the variable PUENTE_TEST_CONTROL_TOKEN is not set") {
		t.Errorf("with it: %v", err)
	}
	t.Setenv("PUENTE_TEST_CONTROL_TOKEN", strings.Repeat("x", operators.MinToken))
	if c, err := config.LoadControl(file); err != nil || len(c.Control.Tokens) != 1 {
		t.Errorf("with it: %v", err)
	}
}
