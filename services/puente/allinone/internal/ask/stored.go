package ask

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/broker"
)

// Stored prints a stored message.
func Stored() *cobra.Command {
	var from broker.Place
	var content bool
	c := &cobra.Command{
		Use:   "stored STREAM SEQUENCE",
		Short: "Print a stored message readably",
		Long: `Prints one message that a stream of a running bridge holds, by its place in the stream, as JSON: its subject, its
headers and its body, which is stored as protobuf. Texts and addresses are left out; --content shows them.

Which streams there are, what they hold and what their subjects are, "nats stream ls" and "nats stream info STREAM"
say.`,
		Example: cli.Examples("puente stored EGRESS_telegram 1042", "puente stored DEAD 17 --content"),
		Args: func(c *cobra.Command, words []string) error {
			if len(words) != 2 {
				return cli.Usage(c, "say the stream, and the place in it")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			sequence, err := strconv.ParseUint(args[1], 10, 64)
			if err != nil || sequence == 0 {
				return fmt.Errorf("SEQUENCE: %q is not a whole number from 1", args[1])
			}
			return cli.UntilSignal(func(ctx context.Context) error {
				return broker.Stored(ctx, from, args[0], sequence, content, c.OutOrStdout())
			})
		},
	}
	cli.Broker(c, &from)
	c.Flags().BoolVar(&content, "content", false, "show what was written, by whom and to whom")
	return c
}
