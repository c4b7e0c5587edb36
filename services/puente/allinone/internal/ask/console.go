package ask

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/system"
)

// Console says where the operators' page is.
func Console() *cobra.Command {
	return cli.Asks(&cobra.Command{
		Use:   "console",
		Short: "Where the operators' page is, with a link that signs in",
		Long: `Writes the address of the console: the page on the internal port that shows how the bridge stands, what needs a person,
and the way of each message. On the machine of the bridge the link signs in whoever opens it, once, within 5 minutes.`,
		Example: cli.Examples("puente console", "xdg-open \"$(puente console)\""),
		Args:    cli.AtMost(0),
	}, func(_ context.Context, o operate.Operator, _ []string) error { return system.Console(o) })
}
