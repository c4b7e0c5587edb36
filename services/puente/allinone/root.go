package allinone

import (
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/puente/allinone/internal/ask"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/allinone/internal/failed"
	"github.com/bonychat/puente/services/puente/allinone/internal/network"
	"github.com/bonychat/puente/services/puente/allinone/internal/proof"
	"github.com/bonychat/puente/services/puente/allinone/internal/run"
	"github.com/bonychat/puente/services/puente/child"
	"github.com/bonychat/puente/services/puente/networks"
)

// What commands are grouped by in the help.
const (
	groupRun      = "run"
	groupOperate  = "operate"
	groupNetworks = "networks"
	groupFailed   = "failed"
	groupProof    = "proof"
)

// rootCommand is the program. It lists all commands there are: help, completion and the tests come from this list.
func rootCommand(set networks.Set) *cobra.Command {
	unsorted()
	root := &cobra.Command{
		Use:   "puente",
		Short: "Carries messages between BonyChat's Custom Channel and messaging networks",
		Long:  "Puente carries messages between BonyChat's Custom Channel and messaging networks.",
		Example: cli.Examples("puente up                    # try it: a phone, an inbox, and the bridge between them",
			"puente up -f puente.yaml     # run the bridge of a configuration file",
			"puente status                # how it stands, and what needs you",
			"puente where 01a2259364287d  # where a message is, and why it waits"),
		Version:           version.About(),
		SilenceErrors:     true, // run tells them
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.PersistentFlags().BoolP("help", "h", false, "explain the command")
	root.Flags().Bool("version", false, "say which version this is")
	root.AddGroup(
		&cobra.Group{ID: groupRun, Title: "Run a bridge:"},
		&cobra.Group{ID: groupOperate, Title: "Ask a running bridge:"},
		&cobra.Group{ID: groupNetworks, Title: "Networks:"},
		&cobra.Group{ID: groupFailed, Title: "What did not arrive:"},
		&cobra.Group{ID: groupProof, Title: "Proof and cost:"},
	)
	in := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	in(groupRun, run.Up(set), run.Init(set), run.Check(set), run.Setup(set), run.Diff(set), run.Reload(), run.Apply(set), run.NATS(set))
	in(groupOperate, ask.Status(), ask.Console(), ask.Where(), ask.Channels(), ask.Pause(), ask.Resume(), ask.Change(), ask.Remove(), ask.Tail(), ask.Audit(),
		ask.Trigger(set), ask.Backup(), ask.Restore(), ask.Stored(), ask.Support(set))
	in(groupNetworks, network.List(set), network.New(set))
	in(groupFailed, failed.Failures(), failed.Dead(), failed.Replay(), failed.Calls())
	in(groupProof, proof.Ledger(set), proof.Bench())
	in("", versionCommand(), completionCommand(), run.Process(set))
	root.SetHelpCommand(helpCommand())
	root.InitDefaultHelpCmd()
	root.SetFlagErrorFunc(cli.FlagError)
	root.SetVersionTemplate("{{.Version}}")
	root.SetUsageTemplate(usageTemplate)
	return root
}

// unsorted has the help list commands in the order of use.
var unsorted = sync.OnceFunc(func() { cobra.EnableCommandSorting = false })

// command finds the command that args name, and carries it out.
func command(root *cobra.Command, args []string) error {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return root.Execute() // what is typed so far need not be right
	}
	c, err := find(root, args)
	if err != nil {
		return err
	}
	end, err := child.Profile(c.Name())
	if err != nil {
		return err
	}
	defer end()
	defer service.Memory()()
	return root.Execute()
}

// find is the command that args name, as cobra finds it, with errors that help further.
func find(root *cobra.Command, args []string) (*cobra.Command, error) {
	c, rest, err := root.Find(args)
	if named := len(rest) > 0 && !strings.HasPrefix(rest[0], "-"); c.HasSubCommands() && (named || len(rest) == 0 && !c.Runnable()) {
		return nil, cli.WrongName(c, rest)
	}
	if err != nil {
		return nil, cli.Usage(c, "%v", err)
	}
	return c, cli.SingleDash(c, rest)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which version this is",
		Example: cli.Examples("puente version"),
		Args:    cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), version.About())
			return err
		},
	}
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: cli.Examples("puente help up", "puente help new network"),
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return cli.WrongName(about, rest)
			}
			return about.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []cobra.Completion
			for _, one := range about.Commands() {
				if one.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(one.Name(), one.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// usageTemplate is cobra's own, but for examples that are indented here, and flags that are wrapped.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$all := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $all}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}

{{if .Groups}}Other commands:{{else}}Commands:{{end}}{{range $all}}{{if and (eq .GroupID "") (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 110 | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

"{{.CommandPath}} COMMAND --help" explains one of them.{{end}}
`
