package apply

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/networks"
)

// TestAStoreOfAVersionBeforeIsConverted: its channels are there at once for processes of this version, stay for those of the version
// before as long as there are any, and nothing else is lost.
func TestAStoreOfAVersionBeforeIsConverted(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "phone")
	b := s.Connect("test")
	channels, leases := kv.Open(b, topology.Channels), kv.Open(b, topology.Leases)
	if err := channels.Put(t.Context(), "settings.A", []byte(`{"id":"A","network":"phone","contact_id":"phone"}`)); err != nil {
		t.Fatal(err)
	}
	if err := directory.SetPause(t.Context(), b, directory.Pause{Far: "phone", Channel: "A", Reason: "a fair", By: "ana"}); err != nil {
		t.Fatal(err)
	}
	s.AllowRollups(topology.Channels)
	old, err := json.Marshal(map[string]string{"service": "translator", "instance": "i1", "version": "before"})
	if err != nil {
		t.Fatal(err)
	}
	if err := leases.Put(t.Context(), "process.translator.i1", old); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "puente.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, `public_url: http://127.0.0.1:1
nats: {url: %q}
channels:
  - {id: A, network: phone, contact_id: phone, platform: {webhook_url: "http://127.0.0.1:1/", api_token: platform-token-0123456789}, account: {url: "http://127.0.0.1:1", secret: phone-secret-0123456789}}
`, s.URL()), 0o600); err != nil {
		t.Fatal(err)
	}
	apply := func() (kept bool) {
		t.Helper()
		var said bytes.Buffer
		if err := File(t.Context(), networks.Set{phone.Network}, file, Consent{}, &said); err != nil {
			t.Fatal(err)
		}
		all, err := channels.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := all["channel.phone.A"]; !ok || strings.Contains(said.String(), "added") {
			t.Errorf("%s: %v", said.String(), all)
		}
		_, kept = all["settings.A"]
		if allowed := s.AllowsRollups(topology.Channels); allowed != kept {
			t.Errorf("roll-ups are allowed: %v; processes of the version before are there: %v", allowed, kept)
		}
		return kept
	}
	if !apply() {
		t.Error("the form before is gone while a process reads it")
	}
	if err := leases.Delete(t.Context(), "process.translator.i1"); err != nil {
		t.Fatal(err)
	}
	if apply() {
		t.Error("the form before is there though nobody reads it")
	}
	if left, err := directory.Pauses(t.Context(), b); err != nil || len(left) != 1 {
		t.Errorf("the pause is lost: %v, %v", left, err)
	}
}
