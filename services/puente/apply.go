package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/service"
)

// apply makes a running NATS hold the streams, buckets and channels of a file.
func apply(args []string, stdout, stderr io.Writer) error {
	f := flags("apply", stderr)
	file := f.String("f", "puente.yaml", "configuration file")
	if err := parse(f, args); err != nil {
		return err
	}
	cfg, err := config.Load(*file, known())
	if err != nil {
		return err
	}
	if cfg.NATS.Embedded() {
		return errors.New("nats.url is required: an embedded broker is provisioned by puente up")
	}
	ctx, stop := service.Signals()
	defer stop()
	var networks []string
	for _, d := range drivers { // of all, so that their services can start before their first channel
		networks = append(networks, d.Describe().Name)
	}
	different, err := provision(ctx, nil, cfg, networks)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "applied %s: %s, %s; running services follow\n", *file, count(len(cfg.Channels), "channel"), different)
	return nil
}

// provision makes the streams of these networks and puts the configuration's channels where the services find them,
// and says what was different. n is the embedded broker, nil for the configured one.
func provision(ctx context.Context, n *node.Node, cfg *config.Config, networks []string) (different directory.Difference, err error) {
	quiet := slog.New(slog.DiscardHandler)
	err = service.Start(ctx, "puente", n, cfg, quiet, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		if err := env.Bus.Provision(ctx, networks, bus.Storage{Replicas: cfg.NATS.Replicas, Bytes: cfg.NATS.Store}); err != nil {
			return err
		}
		var entries []directory.Entry
		for _, c := range cfg.Channels {
			settings := directory.Channel{ID: c.ID, Network: c.Network, ContactID: string(c.ContactID)}
			if c.Uncertain == config.Hold {
				settings.Uncertain = directory.Hold
			}
			entries = append(entries, directory.Entry{
				Channel: settings,
				Account: c.Account.Reveal(), Platform: c.Platform.Reveal(),
			})
		}
		var err error
		different, err = directory.Apply(ctx, env.Bus, entries)
		return err
	})
	return different, err
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
