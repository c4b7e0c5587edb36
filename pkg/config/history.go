package config

import (
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// History is the record of messages that operators search, on the process that serves the control API. All of it is in the
// journal: it can be lost, and is built anew then.
type History struct {
	// Folder is where it lies; "" means the folder history in the data folder of the all-in-one, and a temporary one elsewhere.
	Folder string
	// Keep is how long a message is kept after the last that was heard of it, 1 h to 30 days, which is how long the journal
	// keeps it; default [DefaultHistoryKeep].
	Keep time.Duration
	// Store is how many bytes it may take, 64 MB and more: the oldest messages give way. Default [DefaultHistoryStore].
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
