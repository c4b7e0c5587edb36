package ask

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/channels"
)

// Change changes settings of a channel.
func Change() *cobra.Command {
	var change channels.Changes
	var secrets []string
	var c *cobra.Command
	c = cli.Asks(&cobra.Command{
		Use:   "change CHANNEL [SETTING=VALUE]...",
		Short: "Change settings and credentials of a channel in the bridge's configuration file",
		Long: `Changes settings of a channel in the configuration file that the bridge reads, its new credentials in files beside
it, and has it taken up. SETTING is locale, contact_id, platform.webhook_url, or one of the account's, such as api;
without a value it is taken out. The values of --secret are read from standard input, a line each in their order; on
a terminal they are asked for and not shown. Where an address changes, the credentials that are sent there have to be
given too. The network is asked first: what it refuses, and what it does not answer about, is not written (status 4)
without --unasked. A bridge that cannot write its file says so: then change it there, and "puente reload" or
"puente apply".`,
		Example: cli.Examples("puente change k7m2q9x4t8w1zb --secret token",
			"puente change k7m2q9x4t8w1zb mode=poll locale=en --dry-run"),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(c, "say which channel")
			}
			change.Settings = map[string]string{}
			for _, word := range args[1:] {
				name, value, ok := strings.Cut(word, "=")
				if !ok || name == "" {
					return cli.Usage(c, "%q is no SETTING=VALUE", word)
				}
				change.Settings[name] = value
			}
			return nil
		},
	}, func(ctx context.Context, o operate.Operator, args []string) (err error) {
		if change.Secrets, err = cli.Secrets(c, secrets); err != nil {
			return err
		}
		return channels.Change(ctx, o, args[0], change)
	})
	f := c.Flags()
	f.StringSliceVar(&secrets, "secret", nil, "`setting` that is a credential, whose new value is read from standard input")
	f.StringSliceVar(&change.Without, "without", nil, "`setting` that is a credential, to be taken out")
	f.BoolVar(&change.Unasked, "unasked", false, "write it whatever the network says")
	f.BoolVar(&change.DryRun, "dry-run", false, "only say what would change, and what the network says of it")
	cli.NoFiles(c, "secret", "without")
	cli.Check(c, func() error {
		if len(change.Settings)+len(secrets)+len(change.Without) == 0 {
			return errors.New("say what to change: SETTING=VALUE, --secret or --without")
		}
		for _, name := range secrets {
			if _, twice := change.Settings[name]; twice {
				return fmt.Errorf("%s is there twice", name)
			}
		}
		return nil
	})
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}

// Remove takes a channel out.
func Remove() *cobra.Command {
	var sure bool
	c := cli.Asks(&cobra.Command{
		Use:   "remove CHANNEL",
		Short: "Take a channel out of the bridge's configuration file",
		Long: `Takes a channel out of the configuration file that the bridge reads, and has it taken up. What waits for it a
minute later goes to the dead letters: it is kept for 30 days, and "puente replay" sends it again if the channel comes
back. Calls of the network are refused from then on; the webhook stays registered at the network. It needs --yes.`,
		Example: cli.Examples("puente remove k7m2q9x4t8w1zb --yes"),
		Args:    theChannel,
	}, func(ctx context.Context, o operate.Operator, args []string) error {
		return channels.Remove(ctx, o, args[0], sure)
	})
	c.Flags().BoolVar(&sure, "yes", false, "take it out")
	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
	return c
}
