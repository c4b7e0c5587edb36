package natsconf_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bonychat/puente/pkg/nkey"
	"github.com/bonychat/puente/services/puente/builtin"
	"github.com/bonychat/puente/services/puente/natsconf"
	"github.com/bonychat/puente/services/puente/networks"
)

// The server itself takes what is written, as "nats-server -t" does, for all networks at once; a further network adds its account
// and changes nobody's.
func TestTheServerTakesTheAccounts(t *testing.T) {
	t.Parallel()
	all := networks.Set(builtin.Networks()).Names()
	folder := filepath.Join(t.TempDir(), "seeds")
	keys, err := natsconf.Seeds(folder, natsconf.Services(append(all, "acme")))
	if err != nil {
		t.Fatal(err)
	}
	accounts := func(names []string) map[string]bool {
		text, err := natsconf.Accounts(names, nil, keys, false)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "nats.conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := server.ProcessConfigFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, a := range o.Accounts {
			found[a.Name] = true
		}
		if len(o.Nkeys) != len(natsconf.Services(names)) {
			t.Errorf("%d users for %d services", len(o.Nkeys), len(natsconf.Services(names)))
		}
		return found
	}
	before, after := accounts(all), accounts(append(all, "acme"))
	if !before["PUENTE"] || !before["NET_telegram"] || !before["NET_bonychat"] || !before["SVC_ingress"] || before["NET_acme"] || !after["NET_acme"] || len(after) != len(before)+1 {
		t.Errorf("accounts: %v, then %v", before, after)
	}
	if _, err := natsconf.Accounts([]string{"other"}, nil, keys, false); err == nil || !strings.Contains(err.Error(), "egress-other") {
		t.Errorf("a service without a key: %v", err)
	}
}

func TestSeedsAreMadeOnceAndForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "seeds")
	first, err := natsconf.Seeds(folder, []string{"ingress"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := natsconf.Seeds(folder, []string{"ingress", "translator"})
	if err != nil {
		t.Fatal(err)
	}
	if first["ingress"] != second["ingress"] || first["ingress"] == second["translator"] || !nkey.IsPublic(second["translator"]) {
		t.Errorf("%v, then %v", first, second)
	}
	for _, name := range []string{"ingress", "translator"} {
		info, err := os.Stat(filepath.Join(folder, natsconf.SeedFile(name)))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, natsconf.SeedFile("control")), []byte("SUS3CRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := natsconf.Seeds(folder, []string{"control"}); err == nil || strings.Contains(err.Error(), "S3CRET") {
		t.Errorf("a file without a seed: %v", err)
	}
}

func TestABlockNamesTheSeedAndThePrefix(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]string{
		"ingress": `nats: {nkey: "file:x.nk", api_prefix: hub.api}`, "egress-telegram": `nats: {nkey: "file:x.nk", api_prefix: hub.api}`,
		"control": `nats: {nkey: "file:x.nk"}`, "puente": `nats: {nkey: "file:x.nk"}`,
	} {
		if got := natsconf.Block(service, both, "file:x.nk"); got != want {
			t.Errorf("%s: %s", service, got)
		}
	}
	if !slices.Equal(natsconf.Services(both), []string{"puente", "ingress", "translator", "egress-bonychat", "egress-telegram", "egress-whatsapp", "control"}) {
		t.Errorf("%v", natsconf.Services(both))
	}
}
