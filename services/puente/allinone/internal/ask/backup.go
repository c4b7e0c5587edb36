package ask

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/broker"
	"github.com/bonychat/puente/services/puente/networks"
)

// Backup writes all that a bridge keeps into a file.
func Backup() *cobra.Command {
	var from broker.Place
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything that a running bridge keeps into a file",
		Long: `Writes a new file with all that the broker of a running bridge keeps: messages that wait, where each message stands,
contacts, attachments, credentials and the digest key. The bridge goes on meanwhile. The file can be read by its owner
only; it overwrites nothing.

Do not replay dead letters while it is written. The configuration file and its secrets are not in it.`,
		Example: cli.Examples("puente backup -f puente.yaml puente-$(date +%F).backup"),
		Args:    cli.Exactly("the file to write"),
		RunE: func(c *cobra.Command, args []string) error {
			return cli.UntilSignal(func(ctx context.Context) error { return broker.Backup(ctx, from, args[0], c.OutOrStdout()) })
		},
	}
	cli.Broker(c, &from)
	return c
}

// Restore makes a bridge of a backup.
func Restore() *cobra.Command {
	var to broker.Place
	var yes bool
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make an empty bridge of a backup",
		Long: `Brings a backup back into a data folder that holds no bridge, or into a NATS that holds none of its streams. The bridge
must be stopped. What waited when the backup was taken is sent once the bridge starts: what was sent since, a second
time.

Without --yes it says what the backup holds, and changes nothing.`,
		Example: cli.Examples("puente restore -f puente.yaml puente-2026-11-29.backup", "puente restore -f puente.yaml puente-2026-11-29.backup --yes"),
		Args:    cli.Exactly("the file to read"),
		RunE: func(c *cobra.Command, args []string) error {
			return cli.UntilSignal(func(ctx context.Context) error {
				return broker.Restore(ctx, to, args[0], yes, c.OutOrStdout())
			})
		},
	}
	cli.File(c, &to.File, "puente.yaml", "configuration `file` of the bridge to restore")
	c.Flags().StringVar(&to.URL, "url", "", "NATS `servers` to restore into, instead of the file's")
	cli.Folder(c, &to.Data, "data", "data `folder` to restore into, instead of the file's")
	cli.NoFiles(c, "url")
	c.MarkFlagsMutuallyExclusive("url", "data")
	c.Flags().BoolVar(&yes, "yes", false, "do it: the bridge is stopped, and it is understood what may be sent twice")
	return c
}

// Support writes a file for whoever helps.
func Support(set networks.Set) *cobra.Command {
	var from broker.Place
	c := &cobra.Command{
		Use:   "support FILE",
		Short: "Write a file for whoever helps: versions, settings, states, counts; nothing personal",
		Long: `Writes a new zip file with what somebody needs who helps with a running bridge: versions, settings without secrets, how
channels and streams stand, and how many dead letters there are. It holds no credential, no contact and no text.`,
		Example: cli.Examples("puente support -f puente.yaml support.zip"),
		Args:    cli.Exactly("the file to write"),
		RunE: func(c *cobra.Command, args []string) error {
			var cfg *config.Config
			if from.URL == "" && from.Data == "" {
				var err error
				if cfg, err = config.Load(from.File, set.Known()); err != nil {
					return err
				}
			}
			return cli.UntilSignal(func(ctx context.Context) error { return broker.Support(ctx, from, cfg, args[0], c.OutOrStdout()) })
		},
	}
	cli.Broker(c, &from)
	return c
}
