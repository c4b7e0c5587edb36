// Package apply has a NATS hold what a configuration file says: the streams and buckets of the networks, and the channels where the
// services find them.
//
//	err := apply.File(ctx, set, "puente.yaml", apply.Consent{}, os.Stdout)
//	err = apply.Watch(ctx, apply.WatchOptions{Networks: set, File: "puente.yaml", Every: 5 * time.Minute})
//
// It runs no service. What cannot be undone needs a [Consent].
package apply

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/words"
)

// File makes a running NATS hold the streams, buckets and channels of a file, for services that are processes of their
// own, and writes to out what was different.
func File(ctx context.Context, set networks.Set, file string, c Consent, out io.Writer) error {
	cfg, err := applied(set, file)
	if err != nil {
		return err
	}
	// of all networks, so that their services can start before their first channel
	p, err := Config(ctx, nil, cfg, set.Names(), c)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if p.Small != "" {
		fmt.Fprintln(out, "warning:", p.Small)
	}
	for _, line := range p.News() {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintf(out, "applied %s: %s, %s; running services follow\n", file, words.Count(len(cfg.Channels), "channel"), p.Different)
	return nil
}

func applied(set networks.Set, file string) (*config.Config, error) {
	cfg, err := config.Load(file, set.Known())
	if err != nil {
		return nil, err
	}
	if cfg.NATS.Embedded() {
		return nil, errors.New("nats.url is required: an embedded broker is provisioned by puente up")
	}
	return cfg, nil
}

// Changes are what [File] would change.
type Changes struct {
	// Channels are those that would be added, changed and removed.
	Channels directory.Difference
	// Streams say what of streams, buckets and the store would be made and changed, each in words, sorted.
	Streams []string
	// Small says that the server takes messages that are too small; "" where it does not.
	Small string
}

// Preview says what [File] would change, and changes nothing. It returns the errors of File that can be known beforehand, see
// [provision.Preview].
func Preview(ctx context.Context, set networks.Set, file string, c Consent) (ch Changes, err error) {
	cfg, err := applied(set, file)
	if err != nil {
		return ch, err
	}
	quiet := slog.New(slog.DiscardHandler)
	err = service.Start(ctx, "puente", nil, cfg, quiet, service.NewHealth(), func(ctx context.Context, env service.Env) (err error) {
		ch.Small = provision.SmallPayload(env.Bus)
		if ch.Streams, err = provision.Preview(ctx, env.Bus, set.Names(), storageOf(cfg, c)); err != nil {
			return explain(err)
		}
		ch.Channels, err = directory.Preview(ctx, env.Bus, channels.Entries(cfg), c.RemoveAll)
		return explain(err)
	})
	if err != nil {
		return ch, fmt.Errorf("%s: %w", file, err)
	}
	return ch, nil
}
