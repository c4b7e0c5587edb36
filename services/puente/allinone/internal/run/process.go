package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/process"
)

// Process is hidden: the ledger and the bench start what it runs.
func Process(set networks.Set) *cobra.Command {
	c := &cobra.Command{
		Use:    "process",
		Short:  "Run one process of a ledger or a bench",
		Hidden: true,
	}
	c.AddCommand(serviceCommand(set), nodeCommand(), baselineCommand())
	return c
}

func serviceCommand(set networks.Set) *cobra.Command {
	return &cobra.Command{
		Use:                "service NAME",
		Short:              "One service, with the flags of its own program",
		Example:            cli.Examples("puente process service ingress -f puente.yaml"),
		DisableFlagParsing: true,
		RunE:               func(_ *cobra.Command, args []string) error { return process.Service(set, args) },
		ValidArgsFunction:  cli.FirstWord(cli.Fixed(process.ServiceNames(set)...)),
	}
}

func nodeCommand() *cobra.Command {
	var o process.NodeOptions
	c := &cobra.Command{
		Use:     "node",
		Short:   "A NATS server",
		Example: cli.Examples("puente process node --dir /tmp/nats --port 4222"),
		Args:    cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Dir == "" {
				return errors.New("node: --dir is required")
			}
			if o.Sync != "" && o.Sync != process.Always && o.Sync != process.Interval {
				return notSync("node", o.Sync)
			}
			return cli.UntilSignal(func(ctx context.Context) error { return process.Node(ctx, o, c.ErrOrStderr()) })
		},
	}
	f := c.Flags()
	cli.Folder(c, &o.Dir, "dir", "`folder` of the store")
	f.IntVar(&o.Port, "port", 4222, "loopback port for clients")
	f.StringVar(&o.Internal, "internal", "127.0.0.1:8222", "`address` of /readyz")
	f.StringVar(&o.Name, "name", "puente", "the server's name in its cluster")
	f.IntVar(&o.Cluster, "cluster", 0, "loopback port for the other servers; 0 for a server alone")
	f.IntSliceVar(&o.Peers, "peers", nil, "cluster `ports` of all servers, with commas between them")
	f.StringVar(&o.Sync, "sync", "", "always or interval; default: always for a server alone")
	cli.Completes(c, "sync", cli.Fixed(process.Always, process.Interval))
	return c
}

func baselineCommand() *cobra.Command {
	var o process.BaselineOptions
	c := &cobra.Command{
		Use:     "baseline",
		Short:   "The bare relay that the bridge is compared with",
		Example: cli.Examples("puente process baseline --dir /tmp/nats --far http://127.0.0.1:9000"),
		Args:    cli.AtMost(0),
		RunE: func(*cobra.Command, []string) error {
			if (o.Dir == "") == (o.NATS == "") {
				return errors.New("baseline: one of --dir and --nats is required")
			}
			if o.Sync != process.Always && o.Sync != process.Interval {
				return notSync("baseline", o.Sync)
			}
			return cli.UntilSignal(func(ctx context.Context) error { return process.Baseline(ctx, o) })
		},
	}
	f := c.Flags()
	cli.Folder(c, &o.Dir, "dir", "`folder` of an embedded server; empty for --nats")
	f.StringVar(&o.Sync, "sync", process.Always, "of the embedded server: always or interval")
	f.StringVar(&o.NATS, "nats", "", "NATS `servers`, with commas between them")
	f.IntVar(&o.Replicas, "replicas", 1, "servers that hold each stream")
	f.StringVar(&o.Listen, "listen", "127.0.0.1:8080", "`address` of the public side")
	f.StringVar(&o.Internal, "internal", "127.0.0.1:8081", "`address` of /readyz")
	f.StringVar(&o.Far, "far", "", "base `URL` of both far ends")
	cli.Completes(c, "sync", cli.Fixed(process.Always, process.Interval))
	return c
}

func notSync(of, value string) error {
	return fmt.Errorf("%s: --sync: %q is neither always nor interval", of, value)
}
