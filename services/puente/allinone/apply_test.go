package allinone

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/services/puente/operate/exit"
)

// writeFile writes a configuration for a NATS, with these channels of Telegram.
func writeFile(t *testing.T, file, url, more string, channels ...string) {
	t.Helper()
	text := fmt.Sprintf("public_url: https://bridge.example.com\nnats: {url: %q%s}\nchannels:\n", url, more)
	for i, id := range channels {
		text += fmt.Sprintf("  - {id: %s, network: telegram, contact_id: custom, platform: {webhook_url: \"http://127.0.0.1:1/\", api_token: platform-token-%d}, account: {token: %q, secret_token: %q}}\n", id, i, botToken, botSecret)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAFileWithoutChannelsRemovesNone: it may be one that was cut off.
func TestAFileWithoutChannelsRemovesNone(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	apply := func(wantStatus int, want string, flags []string, channels ...string) {
		t.Helper()
		writeFile(t, file, s.URL(), "", channels...)
		out, errs, status := commandLine(append([]string{"apply", "-f", file}, flags...)...)
		if status != wantStatus || !strings.Contains(out+errs, want) {
			t.Errorf("status %d, no %q in\n%s%s", status, want, out, errs)
		}
	}
	apply(exitOK, "0 channels, nothing changed", nil)
	apply(exitOK, "added A, B", nil, "A", "B")
	apply(exitError, "the broker has 2 (A, B): none was removed; if all of them shall go, start it again with --remove-all", nil)
	apply(exitOK, "2 channels, nothing changed", nil, "A", "B")
	apply(exitOK, "removed A, B", []string{"--remove-all"})
}

// TestApplySaysWhatTheServerLacks: room for the streams before any of them is made, and the size of a message.
func TestApplySaysWhatTheServerLacks(t *testing.T) {
	t.Parallel()
	s := bustest.StartSmall(t, 2<<30, 1<<20)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	writeFile(t, file, s.URL(), "", "A")
	out, errs, status := commandLine("apply", "-f", file)
	if status != exitError || !strings.Contains(errs, "may take up to 20 GB together, and NATS has room for 2 GB: lower nats.store") || out != "" {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	writeFile(t, file, s.URL(), ", store: 1GB", "A")
	out, errs, status = commandLine("apply", "-f", file)
	if status != exitOK || !strings.Contains(out, "warning: the NATS server takes messages of at most 1 MB: set max_payload: 8388608") || !strings.Contains(out, "added A") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
}

// TestADryRunSaysWhatApplyWouldChange: channels and streams, as diff does, and nothing is done.
func TestADryRunSaysWhatApplyWouldChange(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	try := func(wantStatus int, want string, flags []string, channels ...string) {
		t.Helper()
		writeFile(t, file, s.URL(), "", channels...)
		out, errs, status := commandLine(append([]string{"apply", "-f", file, "--lang", "en"}, flags...)...)
		if status != wantStatus || !strings.Contains(out+errs, want) {
			t.Errorf("%q: status %d, no %q in\n%s%s", flags, status, want, out, errs)
		}
	}
	dry := []string{"--dry-run"}
	for range 2 { // the first changes nothing
		try(exit.NeedsYou, "added  A, B\n", dry, "A", "B")
		try(exit.NeedsYou, "stream EGRESS_telegram would be made\n", dry, "A", "B")
	}
	try(exitOK, "added A, B", nil, "A", "B")
	try(exitOK, "nothing would change\n", dry, "A", "B")
	try(exit.NeedsYou, "added    C\nremoved  B\n", dry, "A", "C")
	try(exit.NeedsYou, `{"added":["C"],"changed":[],"removed":["B"],"streams":[]}`, []string{"--dry-run", "-o", "json"}, "A", "C")
	try(exitError, "has 2 (A, B): none was removed", dry)
	try(exit.NeedsYou, "removed  A, B\n", []string{"--dry-run", "--remove-all"})
	try(exitError, "exclude each other", []string{"--dry-run", "--watch"}, "A")
	try(exitOK, "2 channels, nothing changed", nil, "A", "B")
}
