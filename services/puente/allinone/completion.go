package allinone

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
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
		Example: cli.Examples("source <(puente completion bash)                                   # bash: this session; put it into ~/.bashrc for all",
			`puente completion zsh > "${fpath[1]}/_puente"                      # zsh: all sessions, where compinit is on`,
			"puente completion fish > ~/.config/fish/completions/puente.fish    # fish: all sessions"),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(c, "say for which shell: %s", strings.Join(shells, ", "))
			}
			return cli.AtMost(1)(c, args)
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
				return cli.Usage(c, "there is no completion for %q: there is one for %s", args[0], strings.Join(shells, ", "))
			}
		},
		ValidArgsFunction: cli.FirstWord(cli.Fixed(shells...)),
	}
}
