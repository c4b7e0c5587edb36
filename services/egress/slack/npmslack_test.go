package slack_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/slack"
	"github.com/bonychat/puente/services/egress/slack/slacktest"
)

// TestSlacksLibraries holds the policy and the stand-in to Slack's own libraries. It is asked for by PUENTE_SLACK, since it installs
// packages; .ci/run asks.
func TestSlacksLibraries(t *testing.T) {
	if os.Getenv("PUENTE_SLACK") == "" {
		t.Skip("PUENTE_SLACK is not set")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("internal/npmslack")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	t.Run("signatures", func(t *testing.T) { signatures(t, dir) })
	t.Run("the stand-in", func(t *testing.T) { peer(t, dir) })
}

// signatures has Bolt judge what the policy admits, and what it does not.
func signatures(t *testing.T, dir string) {
	const secret = "8f742231b10e8888abcd99yyyzzz85a5"
	bound, err := slack.Network.Bind(json.RawMessage(`{"token": "xoxb-1", "signing_secret": "` + secret + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	made := func(at time.Time) webhook.Call {
		t.Helper()
		call, err := bound.Mimic(provider.Said{Text: "¿Está <b>abierto</b>? 👋", Number: 1, At: at})
		if err != nil {
			t.Fatal(err)
		}
		call.AcceptedAt = at
		if call, err = slack.Network.Webhook.Sign(call, webhook.Secrets{"signing_secret": {secret}}); err != nil {
			t.Fatal(err)
		}
		return call
	}
	changed := made(time.Now())
	changed.Body = append(changed.Body, ' ')
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "verify.cjs"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for _, test := range []struct {
		name   string
		call   webhook.Call
		secret string
		fine   bool
	}{
		{"a call", made(time.Now()), secret, true},
		{"a call of four minutes ago", made(time.Now().Add(-4 * time.Minute)), secret, true},
		{"a call of six minutes ago", made(time.Now().Add(-6 * time.Minute)), secret, false},
		{"a changed body", changed, secret, false},
		{"another secret", made(time.Now()), "another", false},
	} {
		headers := map[string]string{}
		for _, name := range []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"} {
			headers[strings.ToLower(name)] = test.call.Header.Get(name)
		}
		line, err := json.Marshal(map[string]any{"signingSecret": test.secret, "body": string(test.call.Body), "headers": headers})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write(append(line, '\n')); err != nil || !lines.Scan() {
			t.Fatalf("%s: Bolt says nothing: %v", test.name, err)
		}
		test.call.AcceptedAt = time.Now()
		cause := slack.Network.Webhook.Check(test.call, webhook.Secrets{"signing_secret": {test.secret}})
		if bolt := lines.Text() == "accepted"; bolt != test.fine || (cause == webhook.Authentic) != test.fine {
			t.Errorf("%s: Bolt has it %q, the policy %v", test.name, lines.Text(), cause)
		}
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// peer has an app on Slack's libraries take the stand-in for Slack.
func peer(t *testing.T, dir string) {
	s := slacktest.New("xoxb-1", "xapp-1")
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(dir, "app.cjs"), s.URL)
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { // an app that has ended will not answer
		defer close(ended)
		_ = cmd.Wait()
		cancel()
	}()
	defer func() { cancel(); <-ended }()
	wait := func(n int, user string) []slacktest.Message {
		t.Helper()
		all, err := s.Wait(ctx, user, n)
		if err != nil {
			cancel()
			<-ended
			t.Fatalf("%v\n%s", err, log)
		}
		return all
	}
	ready := wait(1, "U0")[0]
	if ready.Text != "ready U0APP chat:write files:read files:write im:history im:write" || len(ready.Buttons) != 1 || ready.Buttons[0] != "sí" {
		t.Errorf("the app says %+v", ready)
	}
	first, third := s.Event(person, "hola", "1767323000.000100"), s.Event(person, "otra", "")
	s.Say("events_api", first)
	s.Say("events_api", s.Event(person, "file", ""))
	s.Say("interactive", s.Tap(person, "No"))
	if _, err := s.Acknowledged(ctx, 3); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	s.Refresh("refresh_requested")
	s.Say("events_api", third)
	if _, err := s.Acknowledged(ctx, 4); err != nil {
		t.Fatalf("after a refresh: %v\n%s", err, log)
	}
	said := map[string]slacktest.Message{}
	for _, m := range wait(4, person) {
		said[m.Text] = m
	}
	if m, ok := said["hola "+first["event_id"].(string)+" 0"]; !ok || m.Thread != "1767323000.000100" {
		t.Errorf("a message in a thread: %+v", said)
	}
	if m, ok := said["El plano"]; !ok || m.File != "plano.png" || m.Size != 3 {
		t.Errorf("a file: %+v", said)
	}
	if _, ok := said["tapped No"]; !ok {
		t.Errorf("a tap: %+v", said)
	}
	if !strings.Contains(strings.Join(texts(wait(4, person)), "\n"), "otra "+third["event_id"].(string)) {
		t.Errorf("a message after a refresh: %+v", said)
	}
}

func texts(all []slacktest.Message) (out []string) {
	for _, m := range all {
		out = append(out, m.Text)
	}
	return out
}
