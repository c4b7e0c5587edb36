package allinone

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/operate"
)

func reloadCommand() *cobra.Command {
	a := &asking{}
	c := &cobra.Command{
		Use:   "reload",
		Short: "Have the running puente up read its file again, and say what came of it",
		Long: `Has the "puente up" of this machine read its configuration file again, as SIGHUP does, and says which channels were
added, changed and removed. A file with mistakes changes nothing: they are shown, and the status is 1.`,
		Example: examples("puente reload", "puente diff && puente reload"),
		Args:    atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			out, err := a.render(c)
			if err != nil {
				return err
			}
			b, err := operate.OnThisMachine(a.target, out)
			if err != nil {
				return err
			}
			return untilSignal(func(ctx context.Context) error { return operate.Reload(ctx, b, out) })
		},
	}
	a.localFlags(c)
	return c
}
