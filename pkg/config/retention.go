package config

import (
	"time"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/topology"
)

// Retention is how long content is kept that is not needed to deliver messages.
type Retention struct {
	// Sent is how long the text of a message, its recipient and the address of its attachment are kept after the network
	// took it, of networks that tell later of a failure: so long it can be sent again. 0 keeps none of it, and removes what
	// was kept; the longest is [topology.MostSent]. Default [topology.KeepSent].
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
