package main_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/builtin"
)

var update = flag.Bool("update", false, "write generated files anew")

// TestTheChartKnowsTheNetworks: what the chart has to know of each network that comes with Puente is what the network's code
// says. go test ./services/puente -run TheChartKnows -update writes it anew.
func TestTheChartKnowsTheNetworks(t *testing.T) {
	t.Parallel()
	const file = "../../deploy/chart/puente/files/networks.json"
	type facts struct {
		Listens     bool `json:"listens"`
		SendSeconds int  `json:"sendSeconds"`
	}
	all := map[string]facts{}
	for _, n := range append(builtin.Networks(), phone.Network) {
		d := n.Describe()
		all[d.Name] = facts{d.Listens, int(d.SendTimeout / time.Second)}
	}
	want, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
		t.Errorf("%v: %s is not as the networks say: run this test with -update", err, file)
	}
}
