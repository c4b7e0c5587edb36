package config

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Nothing makes the reader panic, and no mistake holds what a variable, a file or a field holds.
func FuzzParse(f *testing.F) {
	broken, err := os.ReadFile("testdata/broken.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(broken))
	for _, seed := range []string{
		"", "{}", "---\n", "a: &a [*a]", "? {a: b}\n: c", "data: \"${A}${B}\"", "listen: L1TERAL-1", "listen: *L1TERAL-1", "{\"data\": \"\\ud83d\\ude00\\/\"}",
		"channels:\n- id: a\n  network: test\n  contact_id: phone\n  platform: {webhook_url: 'https://a/${X}', api_token: '${T}'}\n  account: {token: '${T}', chat: 7}\n",
		"channels: [{network: test, account: {token: L1TERAL-1, chat: [a, {b: L1TERAL-2}]}, platform: {api_token: 'L1TERAL-1 '}}]",
		"channels_file: '${U}'", "channels_file: b.yaml\nchannels: []", "- id: a",
		"public_url: ${U}\nnats: {url: '${U}', sync: L1TERAL-1, replicas: '${U}'}\nlog: {level: '${U}'}\nallow_addresses: ['${U}']",
	} {
		f.Add(seed)
	}
	network := Network{
		Name: "test", Fields: []Field{{Name: "token", Secret: true}, {Name: "chat"}},
		Check: func(raw json.RawMessage) []error {
			var a struct{ Token, Chat string }
			if json.Unmarshal(raw, &a) != nil {
				return []error{errors.New("account.chat: must be string")}
			}
			return nil
		},
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := &reader{
			source: yamlfile.Source{
				Name: "puente.yaml", Folder: ".", Env: func(string) (string, bool) { return "S3CRET-0001 x", true },
				Open: func(string) ([]byte, error) { return []byte("S3CRET-0001 x\n"), nil },
			},
			list: func(string) ([]byte, error) { return []byte(text), nil },
		}
		c, err := r.parse([]byte(text), []Network{network})
		if (c == nil) == (err == nil) {
			t.Fatal("neither a configuration nor an error, or both")
		}
		if err == nil {
			for _, ch := range c.Channels {
				if ch.ID == "" || ch.Network == "" || ch.Platform.APIToken.Reveal() == "" || !json.Valid(ch.Account.Reveal()) {
					t.Fatalf("half a channel: %v", ch)
				}
			}
			return
		}
		if strings.Contains(err.Error(), "S3CRET") || strings.Contains(err.Error(), "L1TERAL") {
			t.Fatalf("a value is told: %v", err)
		}
		lines := 1 // as YAML counts them
		for _, c := range text {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", c) {
				lines++
			}
		}
		for _, m := range r.file.Mistakes() {
			if m.Line < 1 || m.Line > lines+1 || m.Message == "" {
				t.Fatalf("line %d of %d: %q", m.Line, lines, m.Message)
			}
		}
	})
}
