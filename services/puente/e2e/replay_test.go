package e2e_test

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
)

// puente runs a command beside the program, on its file, in English.
func (p *program) puente(args ...string) (out string, ok bool) {
	out, status := p.command(args...)
	return out, status == 0
}

// command runs a command against the program, in English, and says with which status it ended.
func (p *program) command(args ...string) (out string, status int) {
	args = append([]string{args[0], "-f", filepath.Join(p.dir, "puente.yaml")}, args[1:]...)
	c := exec.CommandContext(p.t.Context(), binary, args...)
	c.Env = append(os.Environ(), "LC_ALL=en_US.UTF-8")
	data, err := c.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.t.Fatal(err)
	}
	return string(data), c.ProcessState.ExitCode()
}

// replayed brings back what can be: a letter may be there a moment before it has been given up for good.
func (p *program) replayed(args ...string) (out string) {
	p.t.Helper()
	eventually(p.t, "it is brought back", func() bool {
		var ok bool
		out, ok = p.puente(append([]string{"replay"}, args...)...)
		return ok && strings.Contains(out, "on its way again")
	})
	return out
}

// TestARefusedMessageIsBroughtBack: the contact has blocked the bot, the agent reads why; it is unblocked, and the same
// message arrives once.
func TestARefusedMessageIsBroughtBack(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Block(3, true)
	mID := br.sendText(tokenA, "A", 3, marker)
	other := br.sendText(tokenA, "A", 3, marker+" otro")
	for _, id := range []string{mID, other} {
		eventually(t, "failed", func() bool { return len(br.platform.statuses(id)) > 0 })
	}
	out, ok := br.puente("dead", "--channel", "A")
	if !ok || strings.Count(out, "refused") != 2 || !strings.Contains(out, mID) {
		t.Fatalf("dead: %t\n%s", ok, out)
	}
	if strings.Contains(out, marker) || strings.Contains(out, "  3  ") {
		t.Errorf("the list tells a text or a contact:\n%s", out)
	}
	if out, ok := br.puente("dead", "--channel", "B"); !ok || out != "no dead letters\n" {
		t.Errorf("another channel: %t\n%s", ok, out)
	}

	br.a.Block(3, false)
	if out := br.replayed("--key", mID); !strings.Contains(out, mID+"  on its way again") || strings.Contains(out, other) {
		t.Errorf("replay:\n%s", out)
	}
	if out, ok := br.puente("replay", "--key", mID); ok {
		t.Errorf("a second replay found something:\n%s", out)
	}
	eventually(t, "sent", func() bool { return len(br.platform.statuses(mID)) > 1 })
	if diff := cmp.Diff([]customchannel.StatusValue{customchannel.StatusFailed, customchannel.StatusSent}, br.platform.statuses(mID)); diff != "" {
		t.Error(diff)
	}

	br.signal(9) // what was brought back survives, and so does what was not
	br.run()
	br.replayed("--all")
	last := br.sendText(tokenA, "A", 3, marker+" fin")
	eventually(t, "all are sent", func() bool {
		return slices.Contains(br.platform.statuses(other), customchannel.StatusSent) && len(br.platform.statuses(last)) > 0
	})
	if diff := cmp.Diff([]string{marker, marker + " otro", marker + " fin"}, texts(br.a.Messages(3))); diff != "" {
		t.Error(diff)
	}
	if out, ok := br.puente("dead"); !ok || out != "no dead letters\n" {
		t.Errorf("dead: %t\n%s", ok, out)
	}
}

// TestAMessageThatThePlatformRefusedIsBroughtBack: the other way, under the same mId.
func TestAMessageThatThePlatformRefusedIsBroughtBack(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.platform.refuse("A", http.StatusBadRequest)
	br.deliver(br.a, br.a.Text(7, marker))
	eventually(t, "a dead letter", func() bool {
		out, _ := br.puente("dead", "--network", "telegram")
		return strings.Contains(out, "refused")
	})
	br.platform.refuse("A", 0)
	br.replayed("--channel", "A")
	br.deliver(br.a, br.a.Text(7, marker+" fin"))
	eventually(t, "both arrive", func() bool { return len(br.platform.messages("A", "7")) >= 2 })
	if diff := cmp.Diff([]string{marker, marker + " fin"}, eventTexts(br.platform.messages("A", "7"))); diff != "" {
		t.Error(diff)
	}
}

// TestNothingIsBroughtBackFromAGatewayThatDoesNotRun says so in one line.
func TestNothingIsBroughtBackFromAGatewayThatDoesNotRun(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.send("Bearer "+tokenA, text("A", 1, marker)) // for the scan of the log
	if status := br.signal(15); status != 0 {
		t.Errorf("exit status %d", status)
	}
	for _, command := range []string{"dead", "replay"} {
		args := []string{command}
		if command == "replay" {
			args = append(args, "--all")
		}
		if out, ok := br.puente(args...); ok || !strings.Contains(out, "no puente up is running on the data folder") {
			t.Errorf("%s: %t\n%s", command, ok, out)
		}
	}
}
