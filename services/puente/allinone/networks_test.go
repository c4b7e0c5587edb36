package allinone

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider"
)

func TestNetworksAreListed(t *testing.T) {
	t.Parallel()
	out, errs, status := commandLine("networks")
	if status != exitOK {
		t.Fatalf("status %d: %s", status, errs)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(builtIn)+1 {
		t.Errorf("%d lines for %d networks", len(lines), len(builtIn))
	}
	for _, d := range builtIn {
		if about := d.Describe(); !strings.Contains(out, "\n"+about.Name+" ") || !strings.Contains(out, " "+about.Doc+"\n") {
			t.Errorf("%s is not listed with its documentation:\n%s", about.Name, out)
		}
	}
	for _, line := range lines {
		line = strings.Replace(line, "DOCUMENTATION", "https://", 1) // the address's own heading
		if before, _, _ := strings.Cut(line, "https://"); utf8.RuneCountInString(before) > 80 {
			t.Errorf("the columns before the address are too wide: %s", line)
		}
	}
}

// What a network declares is all on its page, in lines that fit.
func TestANetworkIsShown(t *testing.T) {
	t.Parallel()
	for _, d := range builtIn {
		about := d.Describe()
		out, errs, status := commandLine("networks", about.Name)
		if status != exitOK {
			t.Fatalf("status %d: %s", status, errs)
		}
		for _, f := range about.Fields {
			if !strings.Contains(out, "\n  "+f.Name+" ") {
				t.Errorf("%s: the field %s is not shown", about.Name, f.Name)
			}
		}
		for field, page := range about.Cited() {
			if !strings.Contains(out, string(page)) {
				t.Errorf("%s: the page of %s is not shown: %s", about.Name, field, page)
			}
		}
		for _, r := range about.Reasons.All() {
			code := r.Of(about.Name).Code()
			if !strings.Contains(out, "\n  "+code+" ") {
				t.Errorf("%s: the reason %s is not shown", about.Name, code)
			}
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 100 && !strings.HasPrefix(strings.TrimSpace(line), "https://") {
				t.Errorf("%s: %d columns: %s", about.Name, n, line)
			}
		}
	}
}

func TestNetworksForMachines(t *testing.T) {
	t.Parallel()
	out, _, _ := commandLine("networks", "--json")
	var all []provider.Description
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != len(builtIn) {
		t.Fatalf("%d networks: %v", len(all), err)
	}
	out, _, _ = commandLine("networks", "telegram", "--json")
	var one provider.Description
	if err := json.Unmarshal([]byte(out), &one); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all[0], one); diff != "" || one.Name != "telegram" {
		t.Errorf("%s: %s", one.Name, diff)
	}
	for args, want := range map[string]string{"networks pigeon": `there is no network "pigeon": there are telegram, `} {
		if _, errs, status := commandLine(strings.Fields(args)...); status != exitError || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s", args, status, errs)
		}
	}
	if _, errs, status := commandLine("networks", "a", "b"); status != exitUsage || !strings.Contains(errs, `unexpected argument "b"`) {
		t.Errorf("status %d, %s", status, errs)
	}
}

// The reasons of a network have their codes as they are told, whose fault each is, and both languages.
func TestReasonsForMachines(t *testing.T) {
	t.Parallel()
	out, errs, status := commandLine("networks", "twilio", "--json")
	var one struct {
		Name    string
		Reasons []struct{ Code, Fault, En, Es string }
	}
	if err := json.Unmarshal([]byte(out), &one); err != nil || status != exitOK || one.Name != "twilio" || len(one.Reasons) < 20 {
		t.Fatalf("status %d, %v, %d reasons: %s", status, err, len(one.Reasons), errs)
	}
	for _, r := range one.Reasons {
		if !strings.HasPrefix(r.Code, "twilio.") || r.Fault == "" || r.En == "" || r.Es == "" {
			t.Errorf("%+v", r)
		}
	}
	if out, _, _ := commandLine("networks", "twilio", "--lang", "es"); !strings.Contains(out, "el contacto se ha dado de baja (STOP)") {
		t.Error("no Spanish sentence is shown")
	}
	if _, errs, status := commandLine("networks", "twilio", "--lang", "fr"); status != exitUsage || !strings.Contains(errs, "fr") {
		t.Errorf("status %d: %s", status, errs)
	}
}

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
		{"new network acme --dir " + dir, exitOK, []string{
			"wrote " + dir + ":\n  README.md\n  account.go\n  cmd/egress-acme/main.go\n  network.go\n", "its service is example.com/ours/acme/cmd/egress-acme.\n", "go test example.com/ours/acme/...",
		}},
		{"new network acme --dir " + dir, exitError, []string{"is there already"}},
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
