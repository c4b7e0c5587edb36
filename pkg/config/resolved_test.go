package config

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file whose references are put in says the same, to a process that has neither its files nor its variables.
func TestResolvedSaysTheSame(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "puente.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("token", "a${b}\"c: #d\n")
	t.Setenv("RESOLVED_SECRET", "plat:form#${x}")
	write("puente.yaml", `# a comment that tells
public_url: https://bridge.example.com
nats: {url: "nats://user:${NATS_PASSWORD}@127.0.0.1"}
control: {tokens: [{name: a, role: read, token: "file:control"}]}
channels:
  - id: A # of the shop
    network: telegram
    contact_id: custom
    platform: {webhook_url: https://okeybot.com/custom/webhook, api_token: "${RESOLVED_SECRET}"}
    account: {token: "file:token"}
`)
	write("control", strings.Repeat("x", 40))
	t.Setenv("NATS_PASSWORD", "hidden")
	networks := []Network{{Name: "telegram", Fields: []Field{{Name: "token", Secret: true}}, Check: func(account json.RawMessage) []error {
		if strings.Contains(string(account), `""`) {
			return []error{errors.New("account.token: is required")}
		}
		return nil
	}}}
	text, err := Resolved(file, networks)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hidden", "xxxx", "comment", "of the shop"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s is in it:\n%s", secret, text)
		}
	}
	here, err := Load(file, networks)
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(string) (string, bool) { return "", false }
	there, err := Parse("elsewhere/puente.yaml", text, nothing, networks...)
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if got, want := string(there.Channels[0].Account.Reveal()), string(here.Channels[0].Account.Reveal()); got != want || !strings.Contains(want, `a${b}`) {
		t.Errorf("account %s, want %s", got, want)
	}
	if got, want := there.Channels[0].Platform.APIToken.Reveal(), here.Channels[0].Platform.APIToken.Reveal(); got != want || want != "plat:form#${x}" {
		t.Errorf("token %s, want %s", got, want)
	}
	t.Setenv("RESOLVED_SECRET", "file:x")
	if _, err := Resolved(file, networks); err == nil || !strings.Contains(err.Error(), "channels[0].platform.api_token: begins with file:") {
		t.Errorf("a value that would be a reference: %v", err)
	}
	write("token", "")
	if _, err := Resolved(file, networks); err == nil {
		t.Error("a file with a mistake is resolved")
	}
}

// What somebody else wrote opens no file here, the list of channels least of all.
func TestATextOfSomebodyElseRefersToNothing(t *testing.T) {
	networks := []Network{{Name: "telegram", Check: func(json.RawMessage) []error { return nil }}}
	for name, text := range map[string]string{
		"the list of channels": "channels_file: channels.yaml", "a file": "public_url: file:url", "a variable": "public_url: ${HOME}",
	} {
		if _, err := ParseResolved("puente.yaml", []byte(text), networks...); err == nil || !strings.HasPrefix(err.Error(), "puente.yaml:1: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A list of channels in a file of its own is put in too, with what it refers to from its own folder.
func TestResolvedHoldsAListThatStandsElsewhere(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"puente.yaml": "public_url: https://bridge.example.com\nchannels:\nchannels_file: sub/channels.yaml\n",
		"sub/token":   "a${b}\n",
		"sub/channels.yaml": `channels:
  - id: A
    network: telegram
    contact_id: custom
    platform: {webhook_url: https://okeybot.com/custom/webhook, api_token: a-token-of-the-platform}
    account: {token: "file:token"}
`,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	networks := []Network{{Name: "telegram", Fields: []Field{{Name: "token", Secret: true}}, Check: func(json.RawMessage) []error { return nil }}}
	text, err := Resolved(filepath.Join(folder, "puente.yaml"), networks)
	if err != nil {
		t.Fatal(err)
	}
	there, err := ParseResolved("puente.yaml", text, networks...)
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if len(there.Channels) != 1 || string(there.Channels[0].Account.Reveal()) != `{"token":"a${b}"}` {
		t.Errorf("%d channels:\n%s", len(there.Channels), text)
	}
}
