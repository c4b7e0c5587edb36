package directory

import (
	"context"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// forget deletes what networks have stored of channels that are not in keep, and of their contacts: of channels whose settings are about
// to be removed (also because they moved to another network), and what a process still wrote that had not heard of a removal.
func forget(ctx context.Context, b *bus.Bus, settings map[string][]byte, keep map[string]bool) error {
	contacts := kv.Open(b, topology.Contacts)
	for key := range settings {
		network, channel, ok := strings.Cut(strings.TrimPrefix(key, settingsPrefix), ".")
		if keep[key] || !ok || !strings.HasPrefix(key, settingsPrefix) {
			continue
		}
		if err := contacts.Drop(ctx, topology.ContactStateKey(network, channel, "*")); err != nil {
			return err
		}
	}
	state := kv.Open(b, topology.State)
	keys, err := state.Keys(ctx)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if network, channel, _ := strings.Cut(key, "."); keep[settingsKey(network, channel)] {
			continue
		}
		if err := state.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
