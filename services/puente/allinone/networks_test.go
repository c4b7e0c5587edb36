package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewNetworkByTheCommandLine(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.com/ours\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "acme")
	for _, test := range []struct {
		args   string
		status int
		want   []string
	}{
		{"new", exitUsage, []string{"puente new network NAME"}},
		{"new channel", exitUsage, []string{"puente new network NAME"}},
		{"new network", exitUsage, []string{"give the network's name"}},
		{"new network a b", exitUsage, []string{`unexpected argument "b"`}},
		{"new network phone", exitError, []string{"there is a network phone"}},
		{"new network bonychat", exitError, []string{"there is a network bonychat"}},
		{"new network No", exitError, []string{"lower-case letters and digits"}},
		{"new network acme -dir " + dir, exitOK, []string{
			"wrote " + dir + ":\n  account.go\n  cmd/egress-acme/main.go\n  network.go\n", "its service is example.com/ours/acme/cmd/egress-acme.\n", "go test example.com/ours/acme/...",
		}},
		{"new network acme -dir " + dir, exitError, []string{"is there already"}},
	} {
		out, errs, status := commandLine(strings.Fields(test.args)...)
		if status != test.status {
			t.Errorf("%s: status %d, %s%s", test.args, status, out, errs)
		}
		for _, want := range test.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", test.args, want, out, errs)
			}
		}
	}
}

func TestEveryCommandIsInTheUsage(t *testing.T) {
	t.Parallel()
	out, _, status := commandLine("help")
	if status != exitOK {
		t.Errorf("status %d", status)
	}
	for _, name := range []string{"up", "apply", "check", "networks", "setup", "new network", "dead", "replay", "ledger", "bench", "version"} {
		if !strings.Contains(out, "\n  puente "+name+" ") {
			t.Errorf("%s is not in the usage:\n%s", name, out)
		}
	}
	for line := range strings.Lines(out) {
		if len(line) > 121 {
			t.Errorf("too long: %s", line)
		}
	}
}
