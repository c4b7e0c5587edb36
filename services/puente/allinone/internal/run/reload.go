package run

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/changes"
)

// Reload has the running bridge read its file again.
func Reload() *cobra.Command {
	a := &cli.Asking{}
	c := &cobra.Command{
		Use:   "reload",
		Short: "Have the running puente up read its file again, and say what came of it",
		Long: `Has the "puente up" of this machine read its configuration file again, as SIGHUP does, and says which channels were
added, changed and removed. A file with mistakes changes nothing: they are shown, and the status is 1.`,
		Example: cli.Examples("puente reload", "puente diff && puente reload"),
		Args:    cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			out, err := a.Render(c)
			if err != nil {
				return err
			}
			b, err := api.OnThisMachine(a.Target, out)
			if err != nil {
				return err
			}
			return cli.UntilSignal(func(ctx context.Context) error { return changes.Reload(ctx, b, out) })
		},
	}
	a.LocalFlags(c)
	return c
}
