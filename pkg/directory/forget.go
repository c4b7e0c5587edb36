package directory

import (
	"context"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// forget takes out what networks kept of channels that are not to be kept, and of their contacts: of those whose settings are about to be
// removed, another network's among them, and what a process wrote that had not heard of it yet.
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
