package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChannelsFile: the list of channels in a file of its own, as a list or under its key, with its own references and
// mistakes.
func TestChannelsFile(t *testing.T) {
	t.Parallel()
	const channel = `{id: A, network: test, contact_id: phone, platform: {webhook_url: "https://a/", api_token: "file:platform"}, account: {token: "file:token"}}`
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("list/platform", "0123456789012345678901234567890123456789\n")
	write("list/token", "12345678901234567890")
	file := filepath.Join(dir, "puente.yaml")
	network := Network{Name: "test", Fields: []Field{{Name: "token", Secret: true}}, Check: func(json.RawMessage) []error { return nil }}
	for _, test := range []struct{ main, list, want string }{
		{"channels_file: list/all.yaml", "channels:\n  - " + channel, ""},
		{"channels_file: list/all.yaml", "- " + channel, ""},
		{"channels_file: list/all.yaml", "\n- {id: A, network: tset}", "list/all.yaml:2: channels[0].network: unknown network"},
		{"channels_file: list/all.yaml", "channel:\n  - " + channel, "list/all.yaml:1: channel: unknown key; known are channels"},
		{"channels_file: list/all.yaml", "channels: [", "list/all.yaml:2: did not find"},
		{"channels_file: list/none.yaml", "", "puente.yaml:1: channels_file: cannot be read: no such file or directory"},
		{"channels_file: list", "", "puente.yaml:1: channels_file: cannot be read: it is no regular file"},
		{"channels: []\nchannels_file: list/all.yaml", "", "puente.yaml:2: channels_file: excludes channels"},
	} {
		write("puente.yaml", test.main)
		write("list/all.yaml", test.list)
		c, err := Load(file, []Network{network})
		if test.want == "" {
			if err != nil || len(c.Channels) != 1 || c.Channels[0].ID != "A" || !strings.HasPrefix(c.Channels[0].Platform.APIToken.Reveal(), "0123") {
				t.Errorf("%s\n%s: %v", test.main, test.list, err)
			}
			if names := Names(file); !slices.Equal(names, []Name{{"A", "test"}}) {
				t.Errorf("%s\n%s: the names are %v", test.main, test.list, names)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\n%s: %v, want %s", test.main, test.list, err, test.want)
		}
		if _, err := LoadShared(file); err != nil {
			if !strings.HasPrefix(test.main, "channels: []") {
				t.Errorf("a service that has its channels from elsewhere reads %s: %v", test.main, err)
			}
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		want       []Name
	}{
		{"in the file's order", "channels:\n - {id: b, network: line}\n - {id: a, network: telegram}\n", []Name{{"b", "line"}, {"a", "telegram"}}},
		{"whatever else is wrong", "listen: [\"\"]\nnonsense: 1\nchannels:\n - {id: a, network: telegram, account: {token: \"${MISSING}\"}, more: 1}\n - {id: b}\n - 7\n", []Name{{"a", "telegram"}, {"b", ""}}},
		{"an id that is none", "channels:\n - {id: \"${ID}\", network: line}\n - {id: \"a b\", network: line}\n - {network: line}\n - {id: c, network: line}\n", []Name{{"c", "line"}}},
		{"no list", "channels: 7\n", nil},
		{"no YAML", "channels: [", nil},
		{"nothing", "", nil},
	} {
		file := filepath.Join(t.TempDir(), "puente.yaml")
		if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, Names(file)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	if got := Names(filepath.Join(t.TempDir(), "none.yaml")); got != nil {
		t.Errorf("no file: %v", got)
	}
	if got := Names(t.TempDir()); got != nil {
		t.Errorf("a folder: %v", got)
	}
}
