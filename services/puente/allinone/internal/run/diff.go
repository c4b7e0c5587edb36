package run

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/changes"
)

// Diff says what reload or apply would change.
func Diff(set networks.Set) *cobra.Command {
	a := &cli.Asking{}
	var path string
	c := &cobra.Command{
		Use:   "diff",
		Short: "Say what reload or apply would change, and change nothing",
		Long: `Compares a configuration file with what a running bridge has: which channels would be added, changed and removed, and
which streams are not as this version wants them. Nothing is changed. The environment variables that the file names
have to be set. Without -f it is the file of the bridge.` + cli.WhichBridge,
		Example: cli.Examples("puente diff", "puente diff -f puente.yaml"),
		Args:    cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			out, err := a.Render(c)
			if err != nil {
				return err
			}
			there, err := cli.FindWith(a, out, path)
			if err != nil {
				return err
			}
			if path == "" {
				if there.Bridge == nil || there.Bridge.File == "" {
					return cli.Usage(c, "say which file: -f puente.yaml")
				}
				path = there.Bridge.File
			}
			text, err := config.Resolved(path, set.Known())
			if err != nil {
				return err
			}
			o := operate.Operator{Client: api.NewClient(there), Output: out}
			return cli.UntilSignal(func(ctx context.Context) error { return changes.Diff(ctx, o, text) })
		},
	}
	cli.File(c, &path, "", "configuration `file` to compare; default that of the bridge")
	a.Flags(c)
	return c
}
