package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
