package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/words"
)

// Apply makes a running NATS hold the streams, buckets and channels of a file, for services that are processes of their
// own, and writes to out what was different.
func Apply(ctx context.Context, set networks.Set, file string, c Consent, out io.Writer) error {
	cfg, err := config.Load(file, set.Known())
	if err != nil {
		return err
	}
	if cfg.NATS.Embedded() {
		return errors.New("nats.url is required: an embedded broker is provisioned by puente up")
	}
	// of all networks, so that their services can start before their first channel
	different, small, err := prepare(ctx, nil, cfg, set.Names(), c)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if small != "" {
		fmt.Fprintln(out, "warning:", small)
	}
	fmt.Fprintf(out, "applied %s: %s, %s; running services follow\n", file, words.Count(len(cfg.Channels), "channel"), different)
	return nil
}
