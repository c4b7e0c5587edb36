package config

import (
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/topology"
)

// Retention says how long content is kept that delivering messages does not need.
type Retention struct {
	// Sent is how long a message is kept after its network took it: its text, its recipient and the address of its attachment. It is
	// kept only for networks that may tell of a failure later, so that it can be sent again then. From a minute to
	// [topology.MostSent]; 0 keeps none and removes what was kept. Default [topology.KeepSent].
	Sent time.Duration
}

// leastSent is the shortest time that texts are kept, but for none at all: shorter, most failures would come too late.
const leastSent = time.Minute

// retention reads how long content is kept.
func (r *reader) retention(p yamlfile.Place, c *Config) {
	c.Retention = Retention{Sent: topology.KeepSent}
	f, ok := p.Fields("sent")
	if !ok {
		return
	}
	if n := f["sent"].Node; n != nil && n.ShortTag() == "!!int" && n.Value == "0" { // without a unit it is no time
		c.Retention.Sent = 0
		return
	}
	d := f["sent"].Duration(0, topology.MostSent)
	switch {
	case d == nil:
	case *d > 0 && *d < leastSent:
		f["sent"].Wrong("must be 0s, which keeps none, or a time from %s to %s", leastSent, topology.MostSent)
	default:
		c.Retention.Sent = *d
	}
}

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
	if bytes := f["store"].Size(); bytes != 0 {
		c.History.Store = bytes
	}
}
