package config

import (
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// History is about the record of messages that operators search. The process that serves the control API keeps it. When it is lost, it
// is built again from the journal, which takes minutes for a million messages.
type History struct {
	// Folder is where its file is. Default "": in the all-in-one the folder history in the data folder, else a temporary one, with
	// which it is built again at each start.
	Folder string
	// Keep is how long a message is kept after its last event, 1 h to 30 days; default [DefaultHistoryKeep]. The journal keeps no
	// event longer than 30 days.
	Keep time.Duration
	// Store is how many bytes the file may take, 64 MB or more; default [DefaultHistoryStore]. When it is full, the oldest messages
	// are deleted.
	Store int64
}

// Defaults of [History].
const (
	DefaultHistoryKeep  = 30 * 24 * time.Hour
	DefaultHistoryStore = 8 << 30
)

// history reads what is kept for operators.
func (r *reader) history(p yamlfile.Place, c *Config) {
	c.History = History{Keep: DefaultHistoryKeep, Store: DefaultHistoryStore}
	f, ok := p.Fields("folder", "keep", "store")
	if !ok {
		return
	}
	c.History.Folder = f["folder"].Path("")
	if d := f["keep"].Duration(time.Hour, DefaultHistoryKeep); d != nil {
		c.History.Keep = *d
	}
	if bytes := sizeOf(f["store"]); bytes != 0 {
		c.History.Store = bytes
	}
}
