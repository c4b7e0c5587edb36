package allinone

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
	"github.com/bonychat/puente/services/puente/running"
)

// on is a command line that asks a bridge of a test.
func on(t *testing.T, bridge *operatetest.Server, token, line string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(strings.Fields(line), "--api", bridge.URL, "--token-file", file)
}

func TestCommandsAskTheBridge(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	for _, test := range []struct {
		line   string
		status int
		want   []string
	}{
		{"where " + operatetest.Waits + " --lang en", exit.OK, []string{operatetest.Waits, "place 2 of 3", "telegram asked to wait 40 s"}},
		{"where 01a2259364 --lang es", exit.OK, []string{"puesto 2 de 3", "telegram pidió esperar 40 s"}},
		{"where nobody --lang en", exit.NotFound, []string{`puente: nothing is known of "nobody"`}},
		{"where nobody --channel x --lang en", exit.NotFound, []string{`puente: there is no channel "x": there are tienda-telegram, `}},
		{"where", exit.Usage, []string{"puente where: say the id of a message, a contact or a trace"}},
		{"where a b", exit.Usage, []string{`unexpected argument "b"`}},
		{"where a --since 3x", exit.Usage, []string{`invalid argument "3x" for "--since" flag: "3x" is no duration: it looks like 90m, 24h or 7d`}},
		{"where a --since -3h", exit.Usage, []string{"a duration is longer than nothing"}},
		{"where a -o yaml", exit.Usage, []string{`puente where: --output: there is no "yaml": table or json`}},
		{"where a --lang fr", exit.Usage, []string{`--lang: there is no "fr": es or en`}},
		{"status --lang en", exit.NeedsYou, []string{"Needs you:", "the access token has ended (190)", "to do: a new access token"}},
		{"channels --lang en", exit.OK, []string{"tienda-whatsapp", "suspended", "tienda-twilio"}},
		{"channels tienda-whatsapp --lang es", exit.OK, []string{"Qué espera:", "Historial:"}},
		{"channels nobody --lang es", exit.NotFound, []string{`no hay ningún canal "nobody": hay tienda-telegram, `}},
	} {
		out, errs, status := commandLine(on(t, bridge, operatetest.Token, test.line)...)
		if status != test.status {
			t.Errorf("%s: status %d, want %d: %s%s", test.line, status, test.status, out, errs)
		}
		for _, want := range test.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: no %q in\n%s%s", test.line, want, out, errs)
			}
		}
		if strings.Contains(out+errs, "\x1b") {
			t.Errorf("%s: colours where there is no terminal: %q", test.line, out+errs)
		}
	}
}

// What a machine gets is an object a line, with nothing beside it on the output.
func TestCommandsForMachines(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	bridge.More = true
	for line, want := range map[string]int{"where " + operatetest.Contact: 3, "where " + operatetest.Waits: 1, "channels": 3, "status": 1} {
		out, errs, _ := commandLine(on(t, bridge, operatetest.Token, line+" -o json --lang es")...)
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != want {
			t.Errorf("%s: %d lines: %s%s", line, len(lines), out, errs)
		}
		for _, one := range lines {
			var object map[string]any
			if err := json.Unmarshal([]byte(one), &object); err != nil || len(object) < 5 {
				t.Errorf("%s: %v: %s", line, err, one)
			}
		}
	}
}

func TestWhoMayNotIsToldSo(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	for _, test := range []struct{ token, line, want string }{
		{"another", "status", "does not know this token"},
		{"another", "where x", "does not know this token"},
		{"two words", "status", "holds no token"},
	} {
		if out, errs, status := commandLine(on(t, bridge, test.token, test.line+" --lang en")...); status != exit.Failed || !strings.Contains(errs, test.want) || out != "" {
			t.Errorf("%s: status %d: %s%s", test.line, status, out, errs)
		}
	}
	for line, want := range map[string]string{
		"status --api http://127.0.0.1:1 --token-file " + on(t, bridge, "x", "")[3]: "nothing answers at http://127.0.0.1:1: ",
		"status --api ftp://x":                 "is no URL of a control API",
		"status --api http://127.0.0.1:1":      "a token is needed: give --token-file, or set PUENTE_TOKEN",
		"status --data " + t.TempDir():         "no puente up is running on the data folder",
		"status -f none.yaml":                  "read configuration",
		"status --api http://x --token-file y": "read the token",
	} {
		if out, errs, status := commandLine(strings.Fields(line + " --lang en")...); status == exit.OK || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%s: status %d: %s%s", line, status, out, errs)
		}
	}
}

// Without a flag the bridge of this machine is asked; where several run it has to be said which.
func TestTheBridgeOfThisMachineIsAsked(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("LC_ALL", "es_ES.UTF-8")
	t.Setenv("PUENTE_API", "")
	t.Setenv("PUENTE_TOKEN", "")
	folder := t.TempDir()
	t.Chdir(folder)
	bridge := operatetest.Start(t)
	up := func(data, file string) *running.Announcement {
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, running.TokenFile), []byte(operatetest.Token), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := running.Announce(running.Bridge{URL: bridge.URL, Data: data, File: file})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(a.Withdraw)
		return a
	}
	expect := func(line, want string, status int) {
		t.Helper()
		if out, errs, got := commandLine(strings.Fields(line)...); got != status || !strings.Contains(out+errs, want) {
			t.Errorf("%s: status %d: %s%s", line, got, out, errs)
		}
	}
	expect("channels", "no tiene ningún puente up en marcha", exit.Failed)
	other := t.TempDir()
	up(other, "")
	expect("channels", "tienda-twilio", exit.OK)
	if err := os.WriteFile("puente.yaml", []byte("data: data\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ours := up("data", "")
	expect("channels", "--data "+other, exit.Usage)
	expect("channels --data data", "tienda-twilio", exit.OK)
	expect("channels -f puente.yaml", "tienda-twilio", exit.OK)
	ours.Withdraw()
	expect("channels -f puente.yaml", "ningún puente up funciona sobre la carpeta de datos", exit.Failed)
	up("data", "puente.yaml")
	expect("channels", "responde el puente de "+filepath.Join(folder, "puente.yaml"), exit.OK)
	t.Setenv("PUENTE_API", bridge.URL)
	expect("channels", "hace falta un token", exit.Usage)
	t.Setenv("PUENTE_TOKEN", operatetest.ReadToken)
	expect("channels", "tienda-twilio", exit.OK)
}

// A shell is offered the channels of the bridge, or those of the file where none answers.
func TestChannelsAreCompletedFromTheBridge(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	flags := on(t, bridge, operatetest.Token, "")
	out, errs, status := commandLine(append([]string{cobra.ShellCompRequestCmd, "channels"}, append(flags, "")...)...)
	if status != exit.OK || !strings.HasPrefix(out, "tienda-whatsapp\twhatsapp\ntienda-telegram\ttelegram\n") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	out, errs, status = commandLine(cobra.ShellCompRequestCmd, "where", "x", "-f", twoChannels(t), "--channel", "")
	if status != exit.OK || !strings.HasPrefix(out, "k7m2\ttelegram\np3n8\tline\n") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}
