package builtin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/channels"
)

// shownToTheDoor are the credentials that a network's calls carry, so that whoever judges calls compares them: nothing is sent with them.
var shownToTheDoor = map[string][]string{
	"clicksend": {"webhook_token"}, "matrix": {"hs_token"}, "phone": {"secret"}, "sms": {"secret"}, "telegram": {"secret_token"}, "vk": {"secret"}, "whatsapp": {"verify_token"},
}

// TestTheDoorHoldsNoCredentialThatSends: a channel of each network is configured, and what the bucket holds for the door is searched for
// every credential, byte by byte.
func TestTheDoorHoldsNoCredentialThatSends(t *testing.T) {
	t.Parallel()
	cfg, values := &config.Config{}, map[string]map[string]string{} // credentials by network and field
	for _, n := range networks.Of(drivers...) {
		account := map[string]any{}
		values[n.Name] = map[string]string{}
		for _, f := range n.Fields {
			value := fmt.Sprintf("%s-%s-0123456789abcdef", n.Name, strings.ReplaceAll(f.Name, "_", "-"))
			account[f.Name] = value
			if f.Secret {
				values[n.Name][f.Name] = value
			}
			if f.Many { // one that is being changed
				account[f.Name] = []string{value, value + "-new"}
			}
		}
		data, err := json.Marshal(account)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Channels = append(cfg.Channels, config.Channel{
			ID: "channel-" + n.Name, Network: n.Name, Account: secret.Hide(json.RawMessage(data)), Verifies: n.Verifies, Seal: n.Seal,
			Platform: config.Platform{WebhookURL: "https://bonychat.example.com", APIToken: secret.Hide("platform-token-of-" + n.Name)},
		})
	}
	b := bustest.Start(t).Connect("apply")
	if err := directory.Fill(t.Context(), b, channels.Entries(cfg)); err != nil {
		t.Fatal(err)
	}
	all, err := kv.Open(b, topology.Secrets).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	doors := 0
	for key, raw := range all {
		if !strings.HasPrefix(key, "verify.") {
			continue
		}
		doors++
		network := strings.Split(key, ".")[1]
		if bytes.Contains(raw, []byte("platform-token-of-")) {
			t.Errorf("%s holds the platform's token", key)
		}
		var clear []string
		for field, value := range values[network] {
			if bytes.Contains(raw, []byte(value)) {
				clear = append(clear, field)
			}
		}
		slices.Sort(clear)
		if diff := cmp.Diff(shownToTheDoor[network], clear); diff != "" {
			t.Errorf("%s holds credentials in clear: %s", network, diff)
		}
		// and they are what was configured
		if sends := all[network+".channel-"+network]; len(values[network]) > 0 && !bytes.Contains(sends, []byte(network+"-")) {
			t.Errorf("who sends by %s has %s", network, sends)
		}
	}
	if doors != len(drivers) {
		t.Errorf("%d doors for %d networks", doors, len(drivers))
	}
}
