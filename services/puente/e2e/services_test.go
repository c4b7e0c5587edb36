package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// TestEachServiceAsItsOwnProcess runs the services as they are deployed: one process each, one NATS server between
// them. Then each is stopped and started again while messages go on.
func TestEachServiceAsItsOwnProcess(t *testing.T) {
	t.Parallel()
	server := bustest.StartEmpty(t)
	bot := telegramtest.NewServer(botA)
	t.Cleanup(bot.Close)
	far := newPlatform(t, map[string]string{"A": tokenA})
	public := freePort(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "puente.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, `public_url: http://%s
nats: {url: %q}
log: {level: debug}
channels:
  - id: A
    network: telegram
    contact_id: custom
    platform: {webhook_url: "%s/A", api_token: %q}
    account: {token: %q, secret_token: %q, api: %q}
`, public, server.URL(), far.URL, tokenA, botA, secretA, bot.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "apply", "-f", file).CombinedOutput(); err != nil {
		t.Fatalf("apply: %v\n%s", err, out)
	}
	binaries := map[string]string{
		"ingress": "ingress/cmd/ingress", "translator": "translator/cmd/translator",
		"egress-bonychat": "egress/bonychat/cmd/egress-bonychat", "egress-telegram": "egress/telegram/cmd/egress-telegram",
	}
	for _, path := range binaries {
		args := append(slices.Clone(buildFlags), "-o", dir+string(filepath.Separator), "github.com/bonychat/puente/services/"+path)
		if out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", path, err, out)
		}
	}
	running := map[string]*process{}
	launch := func(name string) {
		internal := freePort(t)
		args := []string{"-f", file, "--internal", internal}
		if name == "ingress" {
			args = append(args, "--listen", public)
		}
		running[name] = launchProcess(t, filepath.Join(dir, name), "http://"+internal, args...)
	}
	for name := range binaries {
		launch(name)
	}
	for name, p := range running {
		p.ready(name)
	}
	bot.Register(telegramtest.Webhook{URL: "http://" + public + "/webhooks/telegram/A", SecretToken: secretA})
	br := &bridge{program: &program{t: t, url: "http://" + public}, platform: far, a: bot}

	var want []string
	round := func(n int) {
		body := fmt.Sprintf("%s %d", marker, n)
		want = append(want, body)
		br.deliver(bot, bot.Text(7, body))
		br.sendText(tokenA, "A", 8, body)
	}
	n := 0
	for _, name := range []string{"translator", "egress-bonychat", "egress-telegram"} {
		round(n)
		if status := running[name].stop(syscall.SIGTERM); status != 0 {
			t.Errorf("%s: exit status %d after SIGTERM", name, status)
		}
		round(n + 1) // taken while the service is away
		n += 2
		launch(name)
		running[name].ready(name)
	}
	eventually(t, "all came in", func() bool { return len(far.messages("A", "7")) >= len(want) })
	if diff := cmp.Diff(want, eventTexts(far.messages("A", "7"))); diff != "" {
		t.Error(diff)
	}
	eventually(t, "all went out", func() bool { return len(bot.Messages(8)) >= len(want) })
	if diff := cmp.Diff(want, texts(bot.Messages(8))); diff != "" {
		t.Error(diff)
	}
}

// TestStartUpMistakes: what cannot start says why in one line, and ends with a status that is not zero.
func TestStartUpMistakes(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.sendText(tokenA, "A", 1, marker)
	other := func(listen, data string) (string, int) {
		dir := t.TempDir()
		file := filepath.Join(dir, "puente.yaml")
		text := fmt.Sprintf("listen: %s\ninternal: %s\npublic_url: http://127.0.0.1:1\ndata: %s\nchannels: []\n", listen, freePort(t), data)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, binary, "up", "-f", file)
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	folder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ listen, data, want string }{
		"a port that is taken":       {strings.TrimPrefix(br.url, "http://"), t.TempDir(), "in use by another program"},
		"data that another one uses": {freePort(t), filepath.Join(br.dir, "data"), "in use by another puente"},
		"a folder that cannot be":    {freePort(t), filepath.Join(folder, "data"), "data folder"},
	} {
		out, status := other(c.listen, c.data)
		last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
		if status == 0 || !strings.HasPrefix(last, "puente: ") || !strings.Contains(last, c.want) {
			t.Errorf("%s: status %d, %q", name, status, out)
		}
	}
}

// TestTheDemonstration is the README's first command, as a user tries it.
func TestTheDemonstration(t *testing.T) {
	t.Parallel()
	listen, internal := freePort(t), freePort(t)
	p := launchProcess(t, binary, "http://"+internal, "up", "--listen", listen, "--internal", internal)
	p.ready("puente up")
	base := "http://" + listen
	post := func(path, body string) {
		resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode/100 != 2 {
			t.Fatalf("POST %s: %s", path, resp.Status)
		}
	}
	list := func(path string) (found []struct {
		Direction, MID, Status string
		Message                struct{ Text string }
	}) {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	const phone, agent = "/sandbox/api/phone/demo/ana/messages", "/sandbox/api/agent/demo/ana/messages"
	post(phone, `{"type":"text","text":"hola"}`)
	eventually(t, "the agent has it", func() bool { return len(list(agent)) == 1 })
	post(agent, `{"type":"text","text":"buenas"}`)
	eventually(t, "the phone has it", func() bool { return len(list(phone)) == 2 })
	eventually(t, "the tick moves", func() bool { return list(agent)[1].Status == "delivered" })
	if status := p.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
}
