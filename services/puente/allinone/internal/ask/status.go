package ask

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/channels"
	"github.com/bonychat/puente/services/puente/operate/system"
)

// Status says how the bridge stands.
func Status() *cobra.Command {
	a := &cli.Asking{}
	var monitor string
	c := &cobra.Command{
		Use:   "status",
		Short: "How the bridge stands, and what needs a person",
		Long: `Says how the bridge stands: channels, what waits, its store and its processes. What needs a person comes with what to
do; then the status is 4.

For a monitoring system there is --check nagios, a line and the statuses of a plugin (0 to 3), and --check prom, the
text format of Prometheus, for node_exporter's textfile collector.` + cli.WhichBridge,
		Example: cli.Examples("puente status", "puente status -o json | jq .needs", "puente status --check nagios",
			"puente status --check prom > /var/lib/node_exporter/puente.prom"),
		Args: cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if monitor != "" && monitor != "nagios" && monitor != "prom" {
				return cli.Usage(c, "--check: there is no %q: nagios or prom", monitor)
			}
			return cli.UntilSignal(func(ctx context.Context) error { return status(ctx, c, a, monitor) })
		},
	}
	a.Flags(c)
	c.Flags().StringVar(&monitor, "check", "", "for a `monitor`ing system: nagios or prom")
	cli.Completes(c, "check", cli.Fixed("nagios", "prom"))
	return c
}

func status(ctx context.Context, c *cobra.Command, a *cli.Asking, monitor string) error {
	o, err := a.Operator(c)
	switch {
	case err != nil && monitor == "nagios":
		return system.NotAnswered(c.OutOrStdout(), err)
	case err != nil:
		return err
	case monitor == "nagios":
		return system.Nagios(ctx, o)
	case monitor == "prom":
		return system.Prometheus(ctx, o)
	default:
		return system.Status(ctx, o)
	}
}

// Channels lists the channels.
func Channels() *cobra.Command {
	var network string
	var trouble bool
	c := cli.Asks(&cobra.Command{
		Use:   "channels [CHANNEL]",
		Short: "How the channels stand, or all about one",
		Long: `Lists the channels: how each stands and since when, what waits and how long, what went both ways in the last hour,
what failed in the last day. One that is named is shown with what its messages wait for, its settings without secrets,
and its last suspensions and pauses.`,
		Example: cli.Examples("puente channels", "puente channels k7m2q9x4t8w1zb", "puente channels --trouble"),
		Args:    cli.AtMost(1),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		if len(args) > 0 {
			return channels.Show(ctx, o, args[0])
		}
		return channels.List(ctx, o, network, trouble)
	})
	c.Flags().StringVar(&network, "network", "", "only of the network with this `name`")
	c.Flags().BoolVar(&trouble, "trouble", false, "only those that are not well")
	cli.NoFiles(c, "network")
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}
