package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
)

// embedded is the embedded server as the services know it, nil where there is none.
func embedded(n *node.Node) bus.Node {
	if n == nil {
		return nil
	}
	return n
}

// place is where a command finds the broker of a running gateway: a NATS, or the one that puente up has in its data
// folder.
type place struct{ file, url, data string }

func (p *place) flags(f *flag.FlagSet) {
	f.StringVar(&p.file, "f", "puente.yaml", "configuration file of the gateway: its broker is asked")
	f.StringVar(&p.url, "url", "", "NATS servers to ask, instead of the file's")
	f.StringVar(&p.data, "data", "", "data folder of a running puente up to ask, instead of the file's")
}

// with connects, calls and disconnects.
func (p *place) with(call func(context.Context, *bus.Bus) error) error {
	o := bus.Options{Name: "puente"}
	url, data := p.url, p.data
	switch {
	case url != "" && data != "":
		return errors.New("-url and -data name two brokers: give one of them")
	case url == "" && data == "":
		cfg, err := config.LoadShared(p.file)
		if err != nil {
			return err
		}
		if url, o.Credentials = cfg.NATS.URL, cfg.NATS.Credentials; cfg.NATS.Embedded() {
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
	ctx, stop := service.Signals()
	defer stop()
	if err := b.Ready(ctx, topology.Dead.Name); err != nil {
		return err
	}
	return call(ctx, b)
}
