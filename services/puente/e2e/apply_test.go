package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
)

// TestServicesFollowWhatIsApplied: ingress, in a process of its own, takes up another token and another channel.
func TestServicesFollowWhatIsApplied(t *testing.T) {
	t.Parallel()
	server := bustest.StartEmpty(t)
	public, internal := freePort(t), freePort(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	apply := func(tokens map[string]string) string {
		t.Helper()
		text := fmt.Sprintf("public_url: http://%s\nnats: {url: %q}\nchannels:\n", public, server.URL())
		for id, token := range tokens {
			text += fmt.Sprintf("  - {id: %s, network: telegram, contact_id: custom, platform: {webhook_url: \"http://127.0.0.1:1/\", api_token: %q}, account: {token: %q, secret_token: %q}}\n", id, token, botA, secretA)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(binary, "apply", "-f", file).CombinedOutput()
		if err != nil {
			t.Fatalf("apply: %v\n%s", err, out)
		}
		for _, token := range tokens {
			if strings.Contains(string(out), token) {
				t.Errorf("a token is printed: %s", out)
			}
		}
		return string(out)
	}
	const renewed = "platform-token-of-channel-A-renewed-0123456789"
	if out := apply(map[string]string{"A": tokenA}); !strings.Contains(out, "added A") {
		t.Error(out)
	}
	ingress := launchProcess(t, binary, "http://"+internal, "process", "service", "ingress", "-f", file, "--listen", public, "--internal", internal)
	br := &bridge{program: &program{t: t, url: "http://" + public, runs: []*process{ingress}}}
	eventually(t, "the first token is taken", func() bool { return br.send("Bearer "+tokenA, text("A", 1, marker)).status == http.StatusOK })
	if out := apply(map[string]string{"A": renewed, "B": tokenB}); !strings.Contains(out, "added B; changed A") {
		t.Error(out)
	}
	for channel, token := range map[string]string{"A": renewed, "B": tokenB} {
		eventually(t, "what was applied counts", func() bool { return br.send("Bearer "+token, text(channel, 1, marker)).status == http.StatusOK })
	}
	if a := br.send("Bearer "+tokenA, text("A", 1, marker)); a.status != http.StatusUnauthorized {
		t.Errorf("the old token: %+v", a)
	}
	if out := apply(map[string]string{"B": tokenB}); !strings.Contains(out, "removed A") {
		t.Error(out)
	}
	eventually(t, "a removed channel is unknown", func() bool { return br.send("Bearer "+renewed, text("A", 1, marker)).status == http.StatusUnauthorized })
	if out := apply(map[string]string{"B": tokenB}); !strings.Contains(out, "nothing changed") {
		t.Error(out)
	}
	br.unchanged()
}
