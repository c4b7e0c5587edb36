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
