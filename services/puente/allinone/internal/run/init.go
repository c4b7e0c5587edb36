package run

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/catalogue"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/words"
)

// Init writes a file to begin with.
func Init(set networks.Set) *cobra.Command {
	return &cobra.Command{
		Use:   "init NETWORK",
		Short: "Write a configuration file to begin with: a channel of a network, each field explained",
		Long: `Writes a configuration file to begin with: one channel of the network, and each field of its account with what it is and
where the vendor shows it. Values come from variables of the environment; "puente check" says which are missing.`,
		Example: cli.Examples("puente init telegram > puente.yaml"),
		Args:    cli.Exactly("which network: puente networks lists them"),
		RunE: func(c *cobra.Command, args []string) error {
			d := set.Named(args[0])
			if d == nil {
				return fmt.Errorf("there is no network %q: there are %s", args[0], words.List(set.Names()))
			}
			_, err := io.WriteString(c.OutOrStdout(), catalogue.Begin(d))
			return err
		},
		ValidArgsFunction: cli.FirstWord(cli.NamesOf(set)),
	}
}
