package allinone

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestACompanyHasThisProgramWithItsOwnNetwork: the folder example is a module of its own, as a company has it.
func TestACompanyHasThisProgramWithItsOwnNetwork(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "bridge")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = "../example"
	build.Env = append(os.Environ(), "GOWORK=off") // the workspace of this repository does not know it
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s\nwhere go.mod has to be updated: (cd services/puente/example && GOWORK=off go mod tidy)", err, out)
	}
	file := filepath.Join(t.TempDir(), "puente.yaml")
	channel := "  - {id: staff, network: acme, contact_id: custom, platform: {webhook_url: \"http://127.0.0.1:1/\", api_token: platform-token}, account: "
	for _, test := range []struct {
		name, account string
		args          []string
		status        int
		want          []string
	}{
		{"its network beside ours", "", []string{"networks"}, exitOK, []string{"\ntelegram ", "\nphone ", "\nacme "}},
		{"the network's page", "", []string{"networks", "acme"}, exitOK, []string{"acme\n", "\n  token  required, secret: The bot's token"}},
		{"a channel of it", "{token: a-token, api: \"https://chat.acme.example\"}", []string{"check", "-f", file}, exitOK, []string{"is right: 1 channel"}},
		{"one that is wrong", "{token: a-token}", []string{"check", "-f", file}, exitError, []string{"account.api: is required"}},
	} {
		if err := os.WriteFile(file, []byte("channels:\n"+channel+test.account+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, test.args...)
		out, _ := cmd.CombinedOutput()
		for _, want := range test.want {
			if status := cmd.ProcessState.ExitCode(); status != test.status || !strings.Contains(string(out), want) {
				t.Errorf("%s: status %d, no %q in\n%s", test.name, status, want, out)
			}
		}
	}
}
