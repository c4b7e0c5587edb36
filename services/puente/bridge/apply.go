package main

import (
	"context"
	"errors"
	"flag"
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
	var c consent
	c.flags(f)
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
	different, small, err := provision(ctx, nil, cfg, networks, c)
	if err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	if small != "" {
		fmt.Fprintln(stdout, "warning:", small)
	}
	fmt.Fprintf(stdout, "applied %s: %s, %s; running services follow\n", *file, count(len(cfg.Channels), "channel"), different)
	return nil
}

// consent is what an operator has to allow expressly, since it cannot be undone.
type consent struct {
	removeAll    bool // a file without channels removes those that are there
	newDigestKey bool // a lost digest key is replaced by a new one
}

func (c *consent) flags(f *flag.FlagSet) {
	f.BoolVar(&c.removeAll, "remove-all", false, "remove every channel where the file has none; otherwise such a file is refused")
	f.BoolVar(&c.newDigestKey, "new-digest-key", false, "make a new digest key where the old one is lost for good: what was written with the old one is not found again")
}

// provision makes the streams of these networks and puts the configuration's channels where the services find them,
// and says what was different, and where the broker takes messages that are too small. n is the embedded broker, nil for
// the configured one.
func provision(ctx context.Context, n *node.Node, cfg *config.Config, networks []string, c consent) (different directory.Difference, small string, err error) {
	quiet := slog.New(slog.DiscardHandler)
	err = service.Start(ctx, "puente", embedded(n), cfg, quiet, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		if err := env.Bus.Provision(ctx, networks, bus.Storage{Replicas: cfg.NATS.Replicas, Bytes: cfg.NATS.Store, NewDigestKey: c.newDigestKey}); err != nil {
			return explain(err)
		}
		small = env.Bus.SmallPayload()
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
		if len(entries) == 0 && c.removeAll {
			different, err = directory.Clear(ctx, env.Bus)
		} else {
			different, err = directory.Apply(ctx, env.Bus, entries)
		}
		return explain(err)
	})
	return different, small, err
}

// explain adds to an error what an operator can do about it on the command line.
func explain(err error) error {
	if _, ok := errors.AsType[*directory.RemovesAllError](err); ok {
		return fmt.Errorf("%w; if all of them shall go, start it again with -remove-all", err)
	}
	if errors.Is(err, bus.ErrDigestKeyLost) {
		return fmt.Errorf("%w. Where there is no backup, start it with -new-digest-key: contacts who are known by their digest alone, open questions and receipts on their way are not found any more then", err)
	}
	return err
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
