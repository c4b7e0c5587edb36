package ask

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/channels"
)

// theChannel takes the id of one channel.
var theChannel = cli.Exactly("which channel")

// Pause holds a channel.
func Pause() *cobra.Command {
	var within time.Duration
	var reason string
	c := cli.Asks(&cobra.Command{
		Use:   "pause CHANNEL",
		Short: "Hold what is to be sent to a channel's network, in order",
		Long: `Holds what is to be sent to the network of a channel, in order, until "puente resume" or until the time is over. Nothing
ends by it, but a message that cannot be sent before its validity is over fails as ever; "puente status" says when.
What contacts write comes in all the same. On a channel that is paused it gives that pause this end and this reason:
nothing is sent in between.`,
		Example: cli.Examples(`puente pause k7m2q9x4t8w1zb --for 30m --reason "token rotation"`),
		Args:    theChannel,
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		return channels.Pause(ctx, o, args[0], within, reason)
	})
	c.Flags().Var(cli.Since(&within), "for", "how long, 1s to 30d; without it until it is resumed")
	c.Flags().StringVar(&reason, "reason", "", "`why`, for other operators; required, at most 200 characters")
	cli.NoFiles(c, "for", "reason")
	cli.Check(c, func() error {
		if reason == "" {
			return errors.New("--reason is required: other operators read it")
		}
		return nil
	})
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}

// Resume ends a pause.
func Resume() *cobra.Command {
	c := cli.Asks(&cobra.Command{
		Use:     "resume CHANNEL",
		Short:   "End a channel's pause: what waited is sent, in order, as fast as the network allows",
		Example: cli.Examples("puente resume k7m2q9x4t8w1zb"),
		Args:    theChannel,
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		return channels.Resume(ctx, o, args[0])
	})
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}
