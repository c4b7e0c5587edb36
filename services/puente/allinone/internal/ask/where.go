package ask

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/messages"
)

// Where says where a message is.
func Where() *cobra.Command {
	var opt messages.WhereOptions
	c := cli.Asks(&cobra.Command{
		Use:   "where ID|CONTACT|TRACE",
		Short: "Where is my message? Its way, why it waits, and what comes next",
		Long: `Says what became of a message, hop by hop: named by its mId in BonyChat, which may be abbreviated, by the id that the
network gave it, or by a trace id. While it waits: for what, since when, and when it is tried next.

With a contact's address as the network has it (+34600111222, a user id) it lists the last messages of the contact, both
ways. No text is shown, and of a contact the last digits alone.`,
		Example: cli.Examples("puente where 01a2259364287db1b1443304ddae5ecf", "puente where +34600111222 --since 2h",
			"puente where wamid.HBgLMzQ2 -o json | jq .state"),
		Args: cli.Exactly("the id of a message, a contact or a trace"),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		return messages.Where(ctx, o, args[0], opt)
	})
	cli.SinceFlag(c, &opt.Since, "only what was accepted in the last 2h, or any other duration")
	cli.ChannelFlag(c, &opt.Channel, "only of the channel with this `id`")
	c.Flags().BoolVar(&opt.All, "all", false, "as many as there are, 100 at most, instead of the last 20")
	c.ValidArgsFunction = cobra.NoFileCompletions
	return c
}
