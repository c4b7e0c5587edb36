package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/setup"
)

// Setup asks networks about credentials and webhooks.
func Setup(set networks.Set) *cobra.Command {
	var path string
	var check, register bool
	c := &cobra.Command{
		Use:   "setup [CHANNEL]",
		Short: "Ask the networks about credentials and webhooks; --register registers them",
		Long: `Asks the networks of a file's channels, or of the one that is named, whether the credentials are good and where they
call. It starts nothing, changes nothing, and shows no credential.

With --register it registers the webhook where another one, or none, is registered: what "puente up" does when it
starts. It says what is left to a person.

It ends with status 1 where credentials are refused or a webhook is not registered.`,
		Example: cli.Examples("puente setup -f puente.yaml                              # all channels",
			"puente setup k7m2q9x4t8w1zb -f puente.yaml --register    # one of them"),
		Args: cli.AtMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			if check && register {
				return errors.New("--check and --register exclude each other")
			}
			cfg, err := config.Load(path, set.Known())
			if err != nil {
				return err
			}
			channels := cfg.Channels
			if len(channels) == 0 {
				return fmt.Errorf("%s: there is no channel", path)
			}
			if len(args) > 0 {
				if channels, err = setup.Only(channels, args[0]); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
			}
			s := setup.Setup{Config: cfg, Networks: set, Out: c.OutOrStdout()}
			return cli.UntilSignal(func(ctx context.Context) error {
				if register {
					return s.Register(ctx, channels)
				}
				return s.Check(ctx, channels)
			})
		},
		ValidArgsFunction: cli.FirstWord(cli.ChannelsOf(&path)),
	}
	cli.File(c, &path, "puente.yaml", "configuration `file`")
	c.Flags().BoolVar(&check, "check", false, "only ask, and change nothing at the network; the default")
	c.Flags().BoolVar(&register, "register", false, "register the webhook where another one, or none, is registered")
	return c
}
