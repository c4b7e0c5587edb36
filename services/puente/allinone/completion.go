package allinone

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// shells are those that have completion.
var shells = []string{"bash", "zsh", "fish"}

func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Write what completes this command line in bash, zsh or fish",
		Long: `Writes a script that has a shell complete commands, flags, and values such as the channels of the configuration file.
The shell is bash, zsh or fish, and the program has to be in its path as puente. bash needs the package
bash-completion.`,
		Example: examples("source <(puente completion bash)                                   # bash: this session; put it into ~/.bashrc for all",
			`puente completion zsh > "${fpath[1]}/_puente"                      # zsh: all sessions, where compinit is on`,
			"puente completion fish > ~/.config/fish/completions/puente.fish    # fish: all sessions"),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageOf(c, "say for which shell: %s", strings.Join(shells, ", "))
			}
			return atMost(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), c.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			default:
				return usageOf(c, "there is no completion for %q: there is one for %s", args[0], strings.Join(shells, ", "))
			}
		},
		ValidArgsFunction: firstWord(fixed(shells...)),
	}
}

// file adds the flag of the configuration file.
func file(c *cobra.Command, to *string, without, usage string) {
	c.Flags().StringVarP(to, "file", "f", without, usage)
	must(c.MarkFlagFilename("file", "yaml", "yml", "json"))
}

// folder adds the flag of a folder.
func folder(c *cobra.Command, to *string, name, usage string) {
	c.Flags().StringVar(to, name, "", usage)
	must(c.MarkFlagDirname(name))
}

// completes says what completes a flag's value.
func completes(c *cobra.Command, flag string, with cobra.CompletionFunc) {
	must(c.RegisterFlagCompletionFunc(flag, with))
}

// noFiles says that the values of these flags are no names of files.
func noFiles(c *cobra.Command, flags ...string) {
	for _, flag := range flags {
		completes(c, flag, cobra.NoFileCompletions)
	}
}

// must: a flag that is not there is a mistake of this package, at every start.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// fixed completes words.
func fixed(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// firstWord completes the first word that is no flag, and none after it.
func firstWord(with cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return with(c, args, begun)
	}
}

// channelsOf completes the ids of the channels of a configuration file, each with its network.
func channelsOf(path *string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var ids []cobra.Completion
		for _, n := range config.Names(*path) {
			ids = append(ids, cobra.CompletionWithDesc(n.ID, n.Network))
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeWithin bounds how long a shell waits for a bridge.
const completeWithin = 2 * time.Second

// channelsThere completes the ids of the channels of the bridge that the flags mean. Where it does not answer there are
// those of its configuration file, of puente.yaml where none is named.
func channelsThere(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	value := func(flag string) string { return c.Flags().Lookup(flag).Value.String() }
	t := operate.Target{API: value("api"), TokenFile: value("token-file"), File: value("file"), Data: value("data")}
	out := render.Output{Out: io.Discard, Err: io.Discard, Words: render.In(render.English), Now: time.Now()}
	if there, err := operate.Find(t, os.Getenv, out); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), completeWithin)
		defer cancel()
		if a, err := operate.NewClient(there).Channels.ListChannels(ctx, connect.NewRequest(&controlv1.ListChannelsRequest{})); err == nil {
			var ids []cobra.Completion
			for _, channel := range a.Msg.GetChannels() {
				ids = append(ids, cobra.CompletionWithDesc(channel.GetId(), channel.GetNetwork()))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		}
	}
	path := cmp.Or(t.File, "puente.yaml")
	return channelsOf(&path)(c, args, begun)
}

// namesOf completes the names of networks.
func namesOf(set networks.Set) cobra.CompletionFunc { return fixed(set.Names()...) }
