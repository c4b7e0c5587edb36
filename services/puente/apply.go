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
	if err := provision(ctx, nil, cfg); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "applied %s: %s; services take it up at their next start\n", *file, count(len(cfg.Channels), "channel"))
	return nil
}

// provision makes the streams and puts the channels where the services find them. n is the embedded broker, nil for
// the configured one.
func provision(ctx context.Context, n *node.Node, cfg *config.Config) error {
	quiet := slog.New(slog.DiscardHandler)
	return service.Start(ctx, "puente", n, cfg, quiet, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		var names []string
		for _, d := range drivers {
			names = append(names, d.Describe().Name)
		}
		if err := env.Bus.Provision(ctx, names, bus.Storage{Replicas: cfg.NATS.Replicas, Bytes: cfg.NATS.Store}); err != nil {
			return err
		}
		var entries []directory.Entry
		for _, c := range cfg.Channels {
			entries = append(entries, directory.Entry{
				Channel: directory.Channel{ID: c.ID, Network: c.Network, ContactID: string(c.ContactID)},
				Account: c.Account.Reveal(), Platform: c.Platform.Reveal(),
			})
		}
		return directory.Fill(ctx, env.Bus, entries)
	})
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
