package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browserFiles is what a browser is driven with, and what it does.
const browserFiles = "internal/browser"

// browserIn makes a folder in which browserFiles can be run, with the packages of its lock file, and says where Chromium is. It
// skips where PUENTE_BROWSER is not set; .ci/run sets it.
func browserIn(t *testing.T) (dir, chromium string) {
	t.Helper()
	if os.Getenv("PUENTE_BROWSER") == "" {
		t.Skip("SKIPPED: with PUENTE_BROWSER=1 the console is looked at in Chromium, which it needs with Node.js and the npm registry")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium: Debian's package chromium has it")
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(browserFiles)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir, chromium
}

// TestTheConsoleInABrowser: every page in both languages, both themes, narrow and wide, without a serious finding of axe; by the
// keyboard alone, without a script; a message followed live, a pause, a replay, and the operators' questions by clicks. With
// PUENTE_SHOTS screenshots are kept in that folder; with PUENTE_CONSOLE_ONLY only what has that in its name is done.
func TestTheConsoleInABrowser(t *testing.T) {
	dir, chromium := browserIn(t)
	data, public, internal := t.TempDir(), "http://"+freePort(t), "http://"+freePort(t)
	launchProcess(t, binary, internal, "up", "--listen", strings.TrimPrefix(public, "http://"), "--internal", strings.TrimPrefix(internal, "http://"), "--data", data).ready("the demonstration")
	link, err := exec.CommandContext(t.Context(), binary, "console", "--data", data).Output()
	if err != nil {
		t.Fatal(err)
	}
	// a message each way, so that no page is empty
	for _, path := range []string{"/sandbox/api/phone/demo/ana/messages", "/sandbox/api/agent/demo/ana/messages"} {
		resp, err := http.Post(public+path, "application/json", strings.NewReader(`{"type":"text","text":"hola"}`))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	settings, err := json.Marshal(map[string]string{
		"chromium": chromium, "link": strings.TrimSpace(string(link)), "console": internal, "sandbox": public, "channel": "demo", "shots": os.Getenv("PUENTE_SHOTS"), "only": os.Getenv("PUENTE_CONSOLE_ONLY"),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(dir, "console.mjs"), string(settings))
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
