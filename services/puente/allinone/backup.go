package allinone

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate"
)

func backupCommand() *cobra.Command {
	var from operate.Broker
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything that a running bridge keeps into a file",
		Long: `Writes a new file with all that the broker of a running bridge keeps: messages that wait, where each message stands,
contacts, attachments, credentials and the digest key. The bridge goes on meanwhile. The file can be read by its owner
only; it overwrites nothing.

Do not replay dead letters while it is written. The configuration file and its secrets are not in it.`,
		Example: examples("puente backup -f puente.yaml puente-$(date +%F).backup"),
		Args:    exactly("the file to write"),
		RunE: func(c *cobra.Command, args []string) error {
			return untilSignal(func(ctx context.Context) error { return operate.Backup(ctx, from, args[0], c.OutOrStdout()) })
		},
	}
	broker(c, &from)
	return c
}

func restoreCommand() *cobra.Command {
	var to operate.Broker
	var yes bool
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make an empty bridge of a backup",
		Long: `Brings a backup back into a data folder that holds no bridge, or into a NATS that holds none of its streams. The bridge
must be stopped. What waited when the backup was taken is sent once the bridge starts: what was sent since, a second
time.

Without --yes it says what the backup holds, and changes nothing.`,
		Example: examples("puente restore -f puente.yaml puente-2026-11-29.backup", "puente restore -f puente.yaml puente-2026-11-29.backup --yes"),
		Args:    exactly("the file to read"),
		RunE: func(c *cobra.Command, args []string) error {
			return untilSignal(func(ctx context.Context) error {
				return operate.Restore(ctx, to, args[0], yes, c.OutOrStdout())
			})
		},
	}
	file(c, &to.File, "puente.yaml", "configuration `file` of the bridge to restore")
	c.Flags().StringVar(&to.URL, "url", "", "NATS `servers` to restore into, instead of the file's")
	folder(c, &to.Data, "data", "data `folder` to restore into, instead of the file's")
	noFiles(c, "url")
	c.MarkFlagsMutuallyExclusive("url", "data")
	c.Flags().BoolVar(&yes, "yes", false, "do it: the bridge is stopped, and it is understood what may be sent twice")
	return c
}

func supportCommand(set networks.Set) *cobra.Command {
	var from operate.Broker
	c := &cobra.Command{
		Use:   "support FILE",
		Short: "Write a file for whoever helps: versions, settings, states, counts; nothing personal",
		Long: `Writes a new zip file with what somebody needs who helps with a running bridge: versions, settings without secrets, how
channels and streams stand, and how many dead letters there are. It holds no credential, no contact and no text.`,
		Example: examples("puente support -f puente.yaml support.zip"),
		Args:    exactly("the file to write"),
		RunE: func(c *cobra.Command, args []string) error {
			var cfg *config.Config
			if from.URL == "" && from.Data == "" {
				var err error
				if cfg, err = config.Load(from.File, set.Known()); err != nil {
					return err
				}
			}
			return untilSignal(func(ctx context.Context) error { return operate.Support(ctx, from, cfg, args[0], c.OutOrStdout()) })
		},
	}
	broker(c, &from)
	return c
}
