package failed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/failures"
)

// Failures lists what did not arrive.
func Failures() *cobra.Command {
	var chosen failures.Chosen
	var by string
	var resent bool
	var limit int
	c := cli.Asks(&cobra.Command{
		Use:   "failures",
		Short: "What did not arrive, and why: one by one, or counted by reason",
		Long: `Lists what did not arrive, the newest first: what a network or the platform refused, what a network reported as failed
after it had taken it, and calls that could not be read. --by reason counts instead, and says who can change it: the
contact, the agent, who set the channel up, the network, or Puente. What was sent again is no failure any more, unless
it fails anew: --resent lists it, with how it stands now.`,
		Example: cli.Examples("puente failures --since 24h --by reason", "puente failures --channel k7m2q9x4t8w1zb --fault setup",
			`puente failures --reason "blocked the bot"`),
		Args: cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error {
		if by != "" {
			return failures.Summarize(ctx, o, chosen)
		}
		if resent {
			return failures.Resent(ctx, o, chosen, limit)
		}
		return failures.List(ctx, o, chosen, limit)
	})
	chosenFlags(c, &chosen)
	kindFlag(c, &chosen)
	limitFlag(c, &limit)
	c.Flags().StringVar(&by, "by", "", "reason: count by `reason`")
	c.Flags().BoolVar(&resent, "resent", false, "instead what failed, was sent again, and has not failed anew")
	cli.Completes(c, "by", cli.Fixed("reason"))
	cli.Check(c, func() error {
		if by != "" && by != "reason" {
			return fmt.Errorf("--by: there is no %q: reason", by)
		}
		if by != "" && resent {
			return errors.New("--by counts, and --resent lists: say one of them")
		}
		return limited(limit)
	})
	return c
}

// chosenFlags add the flags that say which failures are meant.
func chosenFlags(c *cobra.Command, to *failures.Chosen) {
	f := c.Flags()
	cli.ChannelFlag(c, &to.Channel, "only of the channel with this `id`")
	f.StringVar(&to.Network, "network", "", "only of the channels of the network with this `name`")
	f.StringVar(&to.Reason, "reason", "", "only with this `reason`: its code, or a part of its sentence")
	f.StringVar(&to.Fault, "fault", "", "only what `who` can change: contact, agent, setup, network or puente")
	cli.SinceFlag(c, &to.Since, "only what failed in the last 24h, or any other duration")
	f.StringVar(&to.Contact, "contact", "", "only of the contact with this `key`, as puente where and puente failures list it")
	cli.NoFiles(c, "network", "reason", "contact")
	cli.Completes(c, "fault", cli.Fixed(failures.Faults()...))
}

func kindFlag(c *cobra.Command, to *failures.Chosen) {
	c.Flags().StringVar(&to.Kind, "kind", "", "only of this `kind`: refused, receipt, unreadable or status")
	cli.Completes(c, "kind", cli.Fixed(failures.Kinds()...))
}

func limitFlag(c *cobra.Command, to *int) {
	c.Flags().IntVar(to, "limit", 100, fmt.Sprintf("how `many` at most, 1 to %d", failures.MostListed))
	cli.NoFiles(c, "limit")
}

func limited(limit int) error {
	if limit < 1 || limit > failures.MostListed {
		return fmt.Errorf("--limit must be 1 to %d", failures.MostListed)
	}
	return nil
}

// mostIDs is how many can be named one by one.
const mostIDs = 1000

// Replay tries again what did not arrive.
func Replay() *cobra.Command {
	var chosen failures.Chosen
	var opt failures.ReplayOptions
	c := cli.Asks(&cobra.Command{
		Use:   "replay",
		Short: "Try again what did not arrive: one message, a reason's, a channel's, or all",
		Long: `Brings back what did not arrive, the oldest first, and says what becomes of each. Put right what the reason says
first. A replay is the same message once more, under the same id; who replays twice, or is interrupted and begins
again, sends once.

What a network took and reported as failed afterwards may arrive twice: the network may have been wrong. It is left
out, and counted, unless you say --accept-duplicates. Its text is kept for 48 hours (retention.sent); after that the
agent has to send it again. --dry-run says what would be sent. --wait waits for what becomes of each.

It ends with status 1 where something that was chosen stays, or fails again; with 4 where some was left out.`,
		Example: cli.Examples("puente replay --key 0197c3…                            # one message: its mId in BonyChat, or the key of a dead letter",
			"puente replay --id 0197c3… --id 0197c4… --wait               # exactly these",
			`puente replay --reason "blocked the bot" --since 24h --dry-run`, "puente replay --network telegram --wait",
			"puente replay --reason whatsapp.undeliverable --accept-duplicates --wait", "puente replay --all"),
		Args: cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error {
		return failures.Replay(ctx, o, chosen, opt)
	})
	chosenFlags(c, &chosen)
	kindFlag(c, &chosen)
	f := c.Flags()
	f.StringVar(&chosen.Key, "key", "", "only the message with this `id`, or the letter with this key")
	f.StringArrayVar(&chosen.Keys, "id", nil, "exactly the message with this `id`, or what was listed with this key; repeat it for more, at most 1000")
	f.Uint64Var(&chosen.Number, "number", 0, "only the dead letter with this `number`")
	f.BoolVar(&opt.All, "all", false, "everything")
	f.BoolVar(&opt.AcceptDuplicates, "accept-duplicates", false, "send also what a network took and told of as failed: the contact may get it twice")
	f.BoolVar(&opt.DryRun, "dry-run", false, "change nothing, and say what would be sent")
	f.DurationVar(&opt.Wait, "wait", 0, "wait for what becomes of each: --wait for a minute, --wait=5m for up to 10m")
	f.Lookup("wait").NoOptDefVal = time.Minute.String()
	cli.BecauseFlag(c, &opt.Because)
	cli.NoFiles(c, "key", "id", "number", "wait")
	cli.Check(c, func() error {
		if len(chosen.Keys) > mostIDs {
			return fmt.Errorf("--id: at most %d of them at once", mostIDs)
		}
		return nil
	})
	return c
}
