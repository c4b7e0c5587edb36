package allinone

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/running"
)

// upWith runs "puente up" with a file in a process of its own, until the test ends, and returns the file.
func upWith(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "puente.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	c := exec.CommandContext(t.Context(), filepath.Join(installed(t), "puente"), "up", "-f", file)
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir()), &said, &said
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 10 * time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() })
	for range 600 {
		if _, err := running.At(filepath.Join(filepath.Dir(file), "data")); err == nil {
			return file
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it does not run: %s", &said)
	return ""
}

const withoutChannels = "listen: 127.0.0.1:0\ninternal: 127.0.0.1:0\npublic_url: http://127.0.0.1:1\n"

// A running bridge reads its file again, and the command says what came of it.
func TestReloadSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	file := upWith(t, withoutChannels)
	reload := func(text string) (said string, status int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errs, status := commandLine("reload", "-f", file, "--lang", "en")
		return out + errs, status
	}
	channel := "channels:\n  - {id: A, network: phone, contact_id: custom, platform: {webhook_url: \"http://127.0.0.1:1/w\", api_token: t0ken_t0ken_t0ken}, account: {url: \"http://127.0.0.1:1\", secret: sec_sec_sec_sec}}\n"
	if said, status := reload(withoutChannels + channel); status != exit.OK || !strings.Contains(said, "was read again") || !strings.Contains(said, "added  A") {
		t.Errorf("status %d: %s", status, said)
	}
	if said, status := reload(withoutChannels + strings.Replace(channel, "contact_id: custom", "contact_id: nobody", 1)); status != exit.Failed || !strings.Contains(said, "has mistakes:\n  ") || !strings.Contains(said, "contact_id") {
		t.Errorf("status %d: %s", status, said)
	}
	if said, status := reload(withoutChannels + "log: {level: warn}\n" + strings.Replace(channel, "sec_sec", "new_sec", 1)); status != exit.OK || !strings.Contains(said, "changed  A") || !strings.Contains(said, "takes effect at the next start: log") {
		t.Errorf("status %d: %s", status, said)
	}
	if out, errs, status := commandLine("channels", "-f", file, "--lang", "en"); status != exit.OK || !strings.Contains(out, "phone") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

func TestADemonstrationHasNoFileToRead(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	data := t.TempDir()
	a, err := running.Announce(running.Bridge{URL: "http://127.0.0.1:1", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Withdraw()
	if out, errs, status := commandLine("reload", "--lang", "en"); status != exit.Failed || !strings.Contains(errs, "it is a demonstration") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
