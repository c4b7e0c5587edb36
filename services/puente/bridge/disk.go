package bridge

import (
	"log/slog"
	"path/filepath"

	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/topology"
)

// warnOfDisk says that the disk of the embedded broker is smaller than what the streams may take: it would be full before
// they are, and what a full stream refuses with a reason would fail.
func warnOfDisk(log *slog.Logger, cfg *config.Config) {
	store := cfg.NATS.Store
	if store == 0 {
		store = topology.DefaultStore
	}
	room, err := node.DiskRoom(filepath.Join(cfg.Data, "nats"))
	if err != nil {
		log.Warn("room on the disk not known", "err", err)
		return
	}
	if room < store {
		log.Warn("the disk of the data folder has less room than the streams may take: set nats.store to less, or it is full before they are",
			"data", cfg.Data, "room", topology.Size(room), "nats.store", topology.Size(store))
	}
}
