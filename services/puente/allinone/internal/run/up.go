package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/apply"
	"github.com/bonychat/puente/services/puente/bridge"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/changes"
	"github.com/bonychat/puente/services/puente/operate/exit"
)

// Up runs a bridge.
func Up(set networks.Set) *cobra.Command {
	o := bridge.Options{Networks: set, EndWithin: service.EndWithin}
	c := &cobra.Command{
		Use:   "up",
		Short: "Run the bridge in one process; without a file, a demonstration on 127.0.0.1:8080",
		Long: `Runs the whole bridge in one process: the public port, every service that the channels of the file need, and a
broker in the data folder unless the file names a NATS.

Without a file it is a demonstration: a phone on the left, BonyChat's inbox on the right, and the bridge between
them, at http://127.0.0.1:8080/. It leaves nothing behind.

SIGHUP reads the file again: channels change while everything runs. SIGTERM or Ctrl-C ends it once the sends that
have begun are done.`,
		Example: cli.Examples("puente up                                  # the demonstration",
			"puente up -f puente.yaml                   # the bridge of a file",
			"puente up -f puente.yaml --listen :8080    # on another address than the file says",
			"puente up --trace                          # send traces to a Jaeger on this machine"),
		Args: cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return cli.UntilSignal(func(ctx context.Context) error { return bridge.Up(ctx, o, c.OutOrStdout()) })
		},
	}
	cli.File(c, &o.File, "", "configuration `file`; without one, the demonstration")
	cli.Folder(c, &o.Data, "data", "data `folder`, instead of the file's; the demonstration's is a temporary one")
	c.Flags().StringVar(&o.Listen, "listen", "", "`address` of the public side, instead of the file's or 127.0.0.1:8080")
	c.Flags().StringVar(&o.Internal, "internal", "", "`address` of health checks, instead of the file's or 127.0.0.1:8081")
	c.Flags().BoolVar(&o.Trace, "trace", false, "send traces to "+telemetry.Local+", or where OTEL_EXPORTER_OTLP_ENDPOINT says, and say how to look at them; it starts no Jaeger")
	consent(c, &o.Consent)
	return c
}

// Apply has a NATS hold what a file says.
func Apply(set networks.Set) *cobra.Command {
	var path string
	var allowed apply.Consent
	watch := apply.WatchOptions{Networks: set}
	var watches, dry bool
	a := &cli.Asking{}
	c := &cobra.Command{
		Use:   "apply",
		Short: "Have a running NATS hold a file's streams and channels, for services of their own",
		Long: `Makes a running NATS hold the streams and the channels of a file, and says what was different. Use it where each
service is a process of its own: before they start, and whenever the file changes. Running services follow.

With --watch it goes on: it applies the file again whenever one of its files changes, and answers /healthz and
/readyz on the internal port. So it runs on Kubernetes, as the only process that reads credentials.

With --dry-run it says what would be made, changed and removed, channels and streams, and changes nothing. Status 0:
nothing would change; 4: something would; 1: apply would refuse the file, or NATS does not answer. Whether the servers
have room for larger streams is found out by applying alone.

"puente up" does this by itself.`,
		Example: cli.Examples("puente apply -f puente.yaml", "puente apply -f puente.yaml --remove-all   # the file has no channel any more",
			"puente apply -f puente.yaml --dry-run      # what it would change",
			"puente apply -f puente.yaml --watch"),
		Args: cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if dry {
				if watches {
					return errors.New("--dry-run and --watch exclude each other")
				}
				return preview(c, a, set, path, allowed)
			}
			if watches {
				if allowed.NewDigestKey {
					return errors.New("--watch and --new-digest-key exclude each other: a new key is made once")
				}
				if watch.Every < minEvery || watch.Every > maxEvery {
					return fmt.Errorf("--every: must be %s to %s", minEvery, maxEvery)
				}
				watch.File, watch.RemoveAll = path, allowed.RemoveAll
				return cli.UntilSignal(func(ctx context.Context) error { return apply.Watch(ctx, watch) })
			}
			return cli.UntilSignal(func(ctx context.Context) error { return apply.File(ctx, set, path, allowed, c.OutOrStdout()) })
		},
	}
	cli.File(c, &path, "puente.yaml", "configuration `file`")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would change, and change nothing")
	a.Shown(c)
	c.Flags().BoolVar(&watches, "watch", false, "go on, and apply the file again whenever it changes")
	c.Flags().DurationVar(&watch.Every, "every", 5*time.Minute, "with --watch: how often all is compared again, 10s to 24h")
	c.Flags().StringVar(&watch.Internal, "internal", "", "with --watch: `address` of health checks, instead of the file's")
	cli.NoFiles(c, "every", "internal")
	consent(c, &allowed)
	return c
}

// preview says what apply would change.
func preview(c *cobra.Command, a *cli.Asking, set networks.Set, path string, allowed apply.Consent) error {
	out, err := a.Render(c)
	if err != nil {
		return err
	}
	return cli.UntilSignal(func(ctx context.Context) error {
		found, err := apply.Preview(ctx, set, path, allowed)
		if err != nil {
			return err
		}
		if found.Small != "" {
			out.Note("%s", found.Small)
		}
		ch := found.Channels
		some, err := changes.Differences(out, changes.Difference{Added: ch.Added, Changed: ch.Changed, Removed: ch.Removed, Streams: found.Streams})
		if err == nil && some {
			return &exit.Error{Status: exit.NeedsYou}
		}
		return err
	})
}

// The bounds of --every.
const (
	minEvery = 10 * time.Second
	maxEvery = 24 * time.Hour
)

func consent(c *cobra.Command, to *apply.Consent) {
	c.Flags().BoolVar(&to.RemoveAll, "remove-all", false, "remove every channel where the file has none; otherwise such a file is refused")
	c.Flags().BoolVar(&to.NewDigestKey, "new-digest-key", false, "make a new digest key where the old one is lost for good: what was written with the old one is not found again")
}
