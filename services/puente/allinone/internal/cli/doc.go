// Package cli is what all commands have in common: what is wrong with a command line, how flags are added and completed, and the
// flags of commands that ask a running bridge ([Asking]).
//
//	c := cli.Asks(&cobra.Command{Use: "resume CHANNEL", Args: cli.Exactly("which channel")}, func(ctx context.Context, o operate.Operator, args []string) error {
//		return o.Resume(ctx, args[0])
//	})
//	c.ValidArgsFunction = cli.FirstWord(cli.ChannelsThere)
//
// It knows no command.
package cli
