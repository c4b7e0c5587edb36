package allinone

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheAccountsArePrintedWithKeysThatAreMadeOnce(t *testing.T) {
	t.Parallel()
	seeds := filepath.Join(t.TempDir(), "seeds")
	first, errs, status := commandLine("nats", "config", "--networks", "telegram,acme", "--seeds", seeds)
	if status != exitOK || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	for _, want := range []string{"NET_telegram {", "NET_acme {", "SVC_ingress {", "\n# egress-acme: nats: {nkey: \"file:" + seeds + "/egress-acme.nk\", api_prefix: hub.api}\n"} {
		if !strings.Contains(first, want) {
			t.Errorf("there is no %q", want)
		}
	}
	if again, _, _ := commandLine("nats", "config", "--networks", "telegram,acme", "--seeds", seeds); again != first {
		t.Error("printed again it is another one")
	}
	data, err := os.ReadFile(filepath.Join(seeds, "ingress.nk"))
	if err != nil || strings.Contains(first, strings.TrimSpace(string(data))) {
		t.Errorf("a seed is printed, or there is none: %v", err)
	}
}

func TestWrongKeysAndNetworksAreTold(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--networks", "telegram"}, "there is no key for puente"},
		{[]string{"--networks", "Tele-gram"}, `"Tele-gram" is no name of a network`},
		{[]string{"--networks", "bonychat"}, `"bonychat" is no name of a network`},
		{[]string{"--networks", "telegram,telegram"}, "telegram is there twice"},
		{[]string{"--key", "nobody=U"}, `there is no service "nobody"`},
		{[]string{"--key", "ingress=SUS3CRET"}, "what is given for ingress is no public key"},
	} {
		_, errs, status := commandLine(append([]string{"nats", "config"}, tc.args...)...)
		if status == exitOK || !strings.Contains(errs, tc.want) || strings.Contains(errs, "S3CRET") {
			t.Errorf("%v: status %d, %s", tc.args, status, errs)
		}
	}
}
