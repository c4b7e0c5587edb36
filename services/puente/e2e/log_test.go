package e2e_test

import (
	"encoding/json"
	"net"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// records reads what a process wrote to both of its outputs: every line has to be a record.
func records(t *testing.T, all string) (messages map[string]map[string]any) {
	t.Helper()
	messages = map[string]map[string]any{}
	for line := range strings.Lines(all) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("no record: %s", line)
			continue
		}
		message, _ := record["msg"].(string)
		messages[message] = record
	}
	return messages
}

// What the configuration asks for as JSON is JSON to the last line: what libraries say, what is left to a person, and
// what a program ends with.
func TestEveryLineOfAJSONLogIsARecord(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1") // nobody is there: the exporter says so
	bot := telegramtest.NewServer(botA)
	defer bot.Close()
	p := start(t, `
  - id: A
    network: telegram
    contact_id: custom
    platform: {webhook_url: http://127.0.0.1:1/, api_token: `+tokenA+`}
    account: {token: "`+botA+`", secret_token: `+secretA+`, api: "`+bot.URL+`"}
`)
	eventually(t, "the recipe is logged", func() bool { return strings.Contains(p.log(), "webhook not registered") })
	_ = p.runs[0].cmd.Process.Signal(syscall.SIGHUP)
	eventually(t, "the file is read again", func() bool { return strings.Contains(p.log(), "configuration read again") })
	if status := p.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d", status)
	}
	said := records(t, p.log())
	for _, want := range []string{"up", "channel", "configuration read again", "tracing", "stopped"} {
		if said[want] == nil {
			t.Errorf("%q is not logged", want)
		}
	}
	if todo, _ := said["webhook not registered"]["todo"].(string); !strings.Contains(todo, "setWebhook") || strings.Contains(todo, botA) || strings.Contains(todo, secretA) {
		t.Errorf("the recipe is %q", todo)
	}

	taken, err := net.Listen("tcp", strings.TrimPrefix(p.internal, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	run := launchProcess(t, binary, p.internal, "up", "-f", filepath.Join(p.dir, "puente.yaml"))
	select {
	case <-run.done:
	case <-time.After(20 * time.Second):
		t.Fatal("it runs on a port that is taken")
	}
	if end := records(t, run.log())["ended by an error"]; run.cmd.ProcessState.ExitCode() != 1 || end == nil || !strings.Contains(end["err"].(string), "is in use") {
		t.Errorf("status %d: %s", run.cmd.ProcessState.ExitCode(), run.log())
	}
}
