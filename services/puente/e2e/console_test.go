package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// goodBot is the one token that the Bot API of [filed] knows.
const goodBot = "654321:bueno-bueno-bueno-bueno"

// filed is a bridge with a file, which the console may write, and two channels with a token that their network refuses.
func filed(t *testing.T) map[string]string {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x","username":"x_bot","url":"","pending_update_count":0}}`
		if !strings.HasPrefix(r.URL.Path, "/bot"+goodBot+"/") {
			w.WriteHeader(http.StatusUnauthorized)
			answer = `{"ok":false,"error_code":401,"description":"Unauthorized"}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(api.Close)
	data, internal := t.TempDir(), freePort(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	text := fmt.Sprintf("listen: %s\ninternal: %s\npublic_url: http://127.0.0.1:1\ndata: %s\nchannels:\n", freePort(t), internal, data)
	for _, id := range []string{"tienda", "otra"} {
		text += fmt.Sprintf("- id: %s\n  network: telegram\n  contact_id: custom\n  platform: {webhook_url: %q, api_token: api-token-of-%s-01234}\n  account: {token: \"123456:malo-malo-malo-malo-%s\", secret_token: secret-token-of-%s, api: %q}\n", id, "http://127.0.0.1:1/w", id, id, id, api.URL)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	console := "http://" + internal
	launchProcess(t, binary, console, "up", "-f", file).ready("the bridge with a file")
	link, err := exec.CommandContext(t.Context(), binary, "console", "-f", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"console": console, "link": strings.TrimSpace(string(link)), "bots": api.URL, "good": goodBot}
}

// TestTheConsoleInABrowser: every page in both languages, both themes, narrow and wide, without a serious finding of axe; by the
// keyboard alone, without a script; a message followed live, a pause, a replay, and the operators' questions by clicks. With
// PUENTE_SHOTS screenshots are kept in that folder, the documents' pictures (.github/console-*.png) among them; with
// PUENTE_CONSOLE_ONLY only what has that in its name is done.
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
	settings, err := json.Marshal(map[string]any{
		"chromium": chromium, "link": strings.TrimSpace(string(link)), "console": internal, "sandbox": public, "channel": "demo", "shots": os.Getenv("PUENTE_SHOTS"), "only": os.Getenv("PUENTE_CONSOLE_ONLY"),
		"filed": filed(t),
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
