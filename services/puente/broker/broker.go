package broker

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
)

// Place is where the broker of a running bridge is: a NATS, or the one that "puente up" has in its data folder.
type Place struct {
	File string // configuration file; read only where URL and Data are empty
	URL  string // NATS servers, with commas between them; "" for those of the file
	Data string // data folder of a running "puente up"; "" for that of the file. Not together with URL
}

// with connects, calls and disconnects.
func (p Place) with(ctx context.Context, call func(context.Context, *bus.Bus) error) error {
	o := bus.Options{Name: "puente"}
	url, data := p.URL, p.Data
	if url == "" && data == "" {
		cfg, err := config.LoadShared(p.File)
		if err != nil {
			return err
		}
		if url, o.Access = cfg.NATS.URL, service.Access(cfg.NATS); cfg.NATS.Embedded() {
			data = cfg.Data
		}
	}
	if data != "" {
		folder := filepath.Join(data, "nats")
		there, err := node.Reach(folder)
		if errors.Is(err, node.ErrNotRunning) {
			return fmt.Errorf("no puente up is running on the data folder %s: its broker answers only while it runs, by a socket in that folder", data)
		}
		if err != nil {
			return fmt.Errorf("connect to the broker in %s: %w", folder, err)
		}
		o.Node = there
	}
	b, err := bus.Connect(url, o)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		b.Close(last)
	}()
	if err := b.Ready(ctx, topology.Dead.Name); err != nil {
		return err
	}
	return call(ctx, b)
}
