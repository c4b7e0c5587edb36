package apply

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/networks"
)

// TestWhatVersionsBeforeNeedStaysAsLongAsOneOfThemRuns: each apply keeps it, and the first after the last of them takes it away, the store
// of attachments when its last file is over.
func TestWhatVersionsBeforeNeedStaysAsLongAsOneOfThemRuns(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	file := filepath.Join(t.TempDir(), "puente.yaml")
	text := fmt.Sprintf("public_url: http://127.0.0.1:1\nnats: {url: %q}\nchannels:\n", s.URL()) +
		"- {id: A, network: phone, contact_id: phone, platform: {webhook_url: \"http://127.0.0.1:1/\", api_token: platform-token-A}, account: {url: \"http://127.0.0.1:1\", secret: phone-secret-0123456789}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	apply := func() string {
		t.Helper()
		var out strings.Builder
		if err := File(t.Context(), networks.Set{phone.Network}, file, Consent{}, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const removed = "the store MEDIA, in which versions before kept attachments, had no file left and was removed"
	if out := apply(); strings.Contains(out, "MEDIA") {
		t.Errorf("a new deployment is told: %s", out)
	}

	// as a version before has left it, one of whose processes runs
	b := s.Connect("before")
	there, over := bustest.EarlierMedia(t, b, strings.Repeat("0", 32), "a file")
	for bucket, kept := range map[string][2]string{
		topology.Leases:  {"process.ingress.before", `{"service": "ingress", "instance": "before", "form": 3}`},
		topology.Secrets: {"verify.phone.A", `{"account": {"secret": "phone-secret-0123456789"}, "revision": "1"}`},
	} {
		if err := kv.Open(b, bucket).Put(t.Context(), kept[0], []byte(kept[1])); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(media bool, account string) {
		t.Helper()
		if there() != media {
			t.Errorf("the store is there: %t", !media)
		}
		data, _, err := kv.Open(b, topology.Secrets).Get(t.Context(), "verify.phone.A")
		if err != nil {
			t.Fatal(err)
		}
		var v struct{ Account, Sealed json.RawMessage }
		if err := json.Unmarshal(data, &v); err != nil || string(v.Account) != account || len(v.Sealed) == 0 {
			t.Errorf("%s, %v", data, err)
		}
	}
	const plain = `{"secret":"phone-secret-0123456789"}`
	for range 2 {
		if out := apply(); strings.Contains(out, "MEDIA") {
			t.Error(out)
		}
		stands(true, plain)
	}
	if err := kv.Open(b, topology.Leases).Delete(t.Context(), "process.ingress.before"); err != nil {
		t.Fatal(err)
	}
	if out := apply(); strings.Contains(out, "MEDIA") {
		t.Error(out)
	}
	stands(true, "{}") // its file is not over yet

	over()
	if out := apply(); !strings.Contains(out, removed) {
		t.Errorf("it is not told: %s", out)
	}
	stands(false, "{}")
	if out := apply(); strings.Contains(out, "MEDIA") {
		t.Errorf("it is told again: %s", out)
	}
}
