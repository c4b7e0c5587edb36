package failed

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/failures"
)

// Dead lists dead letters, shows and discards them.
func Dead() *cobra.Command {
	var chosen failures.Chosen
	var limit int
	var show uint64
	c := cli.Asks(&cobra.Command{
		Use:   "dead",
		Short: "List what could not be delivered, and why; show one, or discard some",
		Long: `Lists the dead letters, the newest first: messages that a network or the platform refused or that could not be sent in
time, and calls that could not be read. They are kept for 30 days. The list shows no text and no contact. "puente
failures" lists also what a network reported as failed after it had taken it.`,
		Example: cli.Examples("puente dead --since 24h", "puente dead --channel k7m2q9x4t8w1zb", "puente dead show 17"),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error {
		if show > 0 {
			return failures.ShowDead(ctx, o, show, true)
		}
		return failures.Dead(ctx, o, chosen, limit)
	})
	chosenFlags(c, &chosen)
	limitFlag(c, &limit)
	c.Flags().Uint64Var(&show, "show", 0, `the letter with this `+"`number`"+`, whole: "puente dead show NUMBER --content"`)
	cli.NoFiles(c, "show")
	cli.Check(c, func() error { return limited(limit) })
	c.AddCommand(deadListCommand(), deadShowCommand(), deadDiscardCommand())
	return c
}

func deadListCommand() *cobra.Command {
	var chosen failures.Chosen
	var limit int
	c := cli.Asks(&cobra.Command{
		Use:     "list",
		Short:   "List what could not be delivered, and why: the same as puente dead",
		Example: cli.Examples("puente dead list --since 24h --fault setup"),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error {
		return failures.Dead(ctx, o, chosen, limit)
	})
	chosenFlags(c, &chosen)
	limitFlag(c, &limit)
	cli.Check(c, func() error { return limited(limit) })
	return c
}

func deadShowCommand() *cobra.Command {
	var content bool
	c := cli.Asks(&cobra.Command{
		Use:   "show NUMBER",
		Short: "Show one dead letter: its structure, or with --content who wrote what",
		Long: `Shows one dead letter: why, and how what it holds is built, with the values left out. With --content they are shown,
which needs a token with the role content, and is recorded.`,
		Example: cli.Examples("puente dead show 17", "puente dead show 17 --content    # who wrote, and what"),
		Args:    cli.Exactly("the number of a dead letter"),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		n, err := letterNumber(args[0])
		if err != nil {
			return err
		}
		return failures.ShowDead(ctx, o, n, content)
	})
	c.Flags().BoolVar(&content, "content", false, "show who wrote what; it is recorded")
	c.ValidArgsFunction = cobra.NoFileCompletions
	return c
}

func letterNumber(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, &exit.Error{Status: exit.Usage, Text: strconv.Quote(text) + " is no number of a dead letter"}
	}
	return n, nil
}

func deadDiscardCommand() *cobra.Command {
	var chosen failures.Chosen
	var because string
	var sure, dryRun bool
	c := cli.Asks(&cobra.Command{
		Use:   "discard [NUMBER]",
		Short: "Remove dead letters for good",
		Long: `Removes dead letters for good: one by its number, or those that the flags choose, which needs --yes. They cannot be
brought back then. --because is required: it is recorded with who did it.`,
		Example: cli.Examples(`puente dead discard 17 --because "test message"`,
			`puente dead discard --reason puente.expired --since 7d --because "too old" --dry-run`),
		Args: cli.AtMost(1),
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		if len(args) > 0 {
			var err error
			if chosen.Number, err = letterNumber(args[0]); err != nil {
				return err
			}
		}
		return failures.Discard(ctx, o, chosen, because, sure, dryRun)
	})
	chosenFlags(c, &chosen)
	kindFlag(c, &chosen)
	f := c.Flags()
	f.StringVar(&chosen.Key, "key", "", "only the message with this `id`, or the letter with this key")
	f.BoolVar(&sure, "yes", false, "discard all that the flags choose")
	f.BoolVar(&dryRun, "dry-run", false, "change nothing, and say how many")
	cli.BecauseFlag(c, &because)
	cli.NoFiles(c, "key")
	cli.Check(c, func() error {
		if because == "" {
			return errors.New("--because is required: it is recorded")
		}
		return nil
	})
	c.ValidArgsFunction = cobra.NoFileCompletions
	return c
}
