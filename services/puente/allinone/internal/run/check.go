package run

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/channels"
	"github.com/bonychat/puente/services/puente/words"
)

// Check says what is wrong with a file, or asks a network about a channel.
func Check(set networks.Set) *cobra.Command {
	a := &cli.Asking{}
	c := &cobra.Command{
		Use:   "check [CHANNEL]",
		Short: "Say all that is wrong with a configuration file; or ask the network about a channel",
		Long: `Reads a configuration file and says all that is wrong with it, each mistake with its line, and nothing more: no
network is asked and nothing is started. The environment variables that the file names have to be set.

With a CHANNEL a running bridge asks the network whether the credentials are good and where it calls, and changes
nothing. The status is 4 where something is not as it has to be. "puente setup" asks without a bridge that runs.` + cli.WhichBridge,
		Example: cli.Examples("puente check -f puente.yaml", "puente check k7m2q9x4t8w1zb"),
		Args:    cli.AtMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return checkFile(c, a.Target.File, set)
			}
			if !c.Flags().Changed("file") {
				a.Target.File = ""
			}
			return cli.UntilSignal(func(ctx context.Context) error {
				o, err := a.Operator(c)
				if err != nil {
					return err
				}
				return channels.Check(ctx, o, args[0])
			})
		},
		ValidArgsFunction: cli.FirstWord(cli.ChannelsThere),
	}
	cli.File(c, &a.Target.File, "puente.yaml", "configuration `file`; with a channel, that of a bridge on this machine")
	a.Flags(c)
	return c
}

func checkFile(c *cobra.Command, path string, set networks.Set) error {
	cfg, err := config.Load(path, set.Known())
	if err != nil {
		return err
	}
	out := c.OutOrStdout()
	for _, w := range cfg.Warnings {
		fmt.Fprintln(out, "warning:", w)
	}
	fmt.Fprintf(out, "%s is right: %s\n", path, words.Count(len(cfg.Channels), "channel"))
	return nil
}
