package ask

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/system"
)

// mostActs bounds how many acts are listed at once.
const mostActs = 1000

// Audit lists what operators did.
func Audit() *cobra.Command {
	var opt system.AuditOptions
	c := cli.Asks(&cobra.Command{
		Use:   "audit",
		Short: "Who changed what, who looked at content, and what was refused",
		Long: `Lists what was done through the control API, by commands and on the console, and what was refused, the newest first.
What was done and with what outcome is told by its name in the API. Previews, which changed nothing, are left out
unless you ask for them.`,
		Example: cli.Examples("puente audit", "puente audit --actor ana --limit 20", "puente audit --target k7m2q9x4t8w1zb"),
		Args:    cli.AtMost(0),
	}, func(ctx context.Context, o operate.Operator, _ []string) error { return system.Audit(ctx, o, opt) })
	f := c.Flags()
	f.StringVar(&opt.Actor, "actor", "", "only what the token with this `name` did")
	f.StringVar(&opt.Target, "target", "", "only what was about this `channel`, message or dead letter")
	f.BoolVar(&opt.Previews, "previews", false, "list also what only looked: previews of a replay, a discard or an apply")
	f.IntVar(&opt.Limit, "limit", 100, "how `many` at most, 1 to 1000")
	cli.NoFiles(c, "actor", "target", "limit")
	cli.Check(c, func() error {
		if opt.Limit < 1 || opt.Limit > mostActs {
			return errors.New("--limit must be 1 to 1000")
		}
		return nil
	})
	return c
}
