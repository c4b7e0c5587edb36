package ask

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/messages"
)

// Tail follows what happens.
func Tail() *cobra.Command {
	var failed bool
	c := cli.Asks(&cobra.Command{
		Use:     "tail [CHANNEL]",
		Short:   "Follow what happens, a line for each hop, until Ctrl-C",
		Example: cli.Examples("puente tail", "puente tail k7m2q9x4t8w1zb --failed", "puente tail -o json | jq -r .id"),
		Args:    cli.AtMost(1),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		channel := ""
		if len(args) > 0 {
			channel = args[0]
		}
		return messages.Tail(ctx, o, channel, failed)
	})
	c.Flags().BoolVar(&failed, "failed", false, "failures alone")
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}
