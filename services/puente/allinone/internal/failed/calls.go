package failed

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/calls"
	"github.com/bonychat/puente/services/puente/operate/exit"
)

// mostCalls bounds how many calls of a network are listed at once.
const mostCalls = 1000

// Calls lists and replays stored calls.
func Calls() *cobra.Command {
	c := &cobra.Command{
		Use:   "calls",
		Short: "List the calls of networks, stored and refused, and have today's decoder read them again",
		Long: `Every call of a network is kept as it came: for 7 days, or until there is no room. Where the network's stream is more
than 70 % full, calls that were handled an hour ago go, from 80 % on all that were handled; a list and a replay tell
nothing of them. Where a decoder could not read some, they can be read again by one that can.`,
		Example: cli.Examples("puente calls list --unreadable", "puente calls replay --since 24h --dry-run"),
	}
	c.AddCommand(callsListCommand(), callsShowCommand(), callsRefusedCommand(), callsReplayCommand())
	return c
}

func callsListCommand() *cobra.Command {
	var opt calls.Options
	c := cli.Asks(&cobra.Command{
		Use:   "list",
		Short: "List stored calls as today's decoder reads them, the newest first",
		Long: `Lists stored calls as today's decoder reads them, the newest first: how many messages and receipts each holds, how many
of the messages are known already, and why one cannot be read.`,
		Example: cli.Examples("puente calls list --channel k7m2q9x4t8w1zb --since 2h", "puente calls list --network telegram --unreadable"),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error { return calls.List(ctx, o, opt) })
	callsFlags(c, &opt)
	c.Flags().BoolVar(&opt.Unreadable, "unreadable", false, "only those that cannot be read whole")
	c.Flags().IntVar(&opt.Limit, "limit", 100, "how `many` of each network at most, 1 to 1000")
	cli.NoFiles(c, "limit")
	cli.Check(c, func() error {
		if opt.Limit < 1 || opt.Limit > mostCalls {
			return errors.New("--limit must be 1 to 1000")
		}
		return nil
	})
	return c
}

func callsShowCommand() *cobra.Command {
	var network string
	c := cli.Asks(&cobra.Command{
		Use:   "show NUMBER",
		Short: "Show one stored call: what became of it, and its structure",
		Long: `Shows one stored call of a network by its number in the list: what today's decoder makes of it, what became of the
messages in it, and how it is built, with the values left out. It changes nothing.`,
		Example: cli.Examples("puente calls show 17 --network telegram"),
		Args:    cli.Exactly("the number of a call"),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		n, err := strconv.ParseUint(args[0], 10, 64)
		if err != nil || n == 0 {
			return &exit.Error{Status: exit.Usage, Text: strconv.Quote(args[0]) + " is no number of a call"}
		}
		return calls.Show(ctx, o, network, n)
	})
	c.Flags().StringVar(&network, "network", "", "of the network with this `name`; required")
	c.ValidArgsFunction = cobra.NoFileCompletions
	cli.NoFiles(c, "network")
	cli.Check(c, func() error {
		if network == "" {
			return errors.New("--network is required: each network counts its calls by itself")
		}
		return nil
	})
	return c
}

func callsRefusedCommand() *cobra.Command {
	var opt calls.Options
	c := cli.Asks(&cobra.Command{
		Use:   "refused",
		Short: "List the calls that were refused, by channel and cause",
		Long: `Lists what the public side refused, calls of networks and messages of the platform, the latest first: how often, when
last, why, and what to do; where messages broke the contract, which field and which limit. It is what the processes of
the public side remember since they started. With -o json one call of each is shown without its values.`,
		Example: cli.Examples("puente calls refused", "puente calls refused --channel k7m2q9x4t8w1zb"),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error { return calls.Refused(ctx, o, opt) })
	cli.ChannelFlag(c, &opt.Channel, "only of the channel with this `id`")
	c.Flags().StringVar(&opt.Network, "network", "", "only of the network with this `name`; what names no network is listed too")
	cli.SinceFlag(c, &opt.Since, "only what was refused in the last 24h, or in any other duration")
	cli.NoFiles(c, "network")
	return c
}

func callsReplayCommand() *cobra.Command {
	var opt calls.Options
	var dryRun bool
	var because string
	c := cli.Asks(&cobra.Command{
		Use:   "replay",
		Short: "Have today's decoder read stored calls once more; what is known is not made twice",
		Long: `Hands the stored calls of a time range to today's decoder once more. Messages that are known already are dropped, those
that are new go on. --dry-run says what would be made of them.

It ends with status 4 where some cannot be read.`,
		Example: cli.Examples("puente calls replay --since 24h --dry-run", `puente calls replay --since 24h --network telegram --because "decoder mended"`),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error {
		return calls.Replay(ctx, o, opt, dryRun, because)
	})
	callsFlags(c, &opt)
	c.Flags().BoolVar(&dryRun, "dry-run", false, "change nothing, and say what would be made")
	cli.BecauseFlag(c, &because)
	cli.Check(c, func() error {
		if opt.Since == 0 {
			return errors.New("--since is required: say how far back, such as 24h")
		}
		return nil
	})
	return c
}

// callsFlags add the flags that say which calls are meant.
func callsFlags(c *cobra.Command, to *calls.Options) {
	cli.ChannelFlag(c, &to.Channel, "only of the channel with this `id`")
	c.Flags().StringVar(&to.Network, "network", "", "only of the network with this `name`; default all that have channels")
	cli.SinceFlag(c, &to.Since, "only those of the last 24h, or of any other duration")
	c.Flags().Var(cli.Since(&to.Until), "until", "only those that came before the last 1h, or any other duration")
	cli.NoFiles(c, "network", "until")
}
