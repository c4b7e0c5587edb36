package network

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/catalogue"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/scaffold"
	"github.com/bonychat/puente/services/puente/words"
)

// List lists networks, or shows one.
func List(set networks.Set) *cobra.Command {
	var machine bool
	var lang string
	c := &cobra.Command{
		Use:   "networks [NAME]",
		Short: "List the networks that are built in, or all there is to know about one",
		Long: `Lists the networks that this program has. With a name it shows all that this network declares: the fields of an
account, what it carries, its limits with the vendor's page beside each, how its calls are verified, and every reason
for which a message waits or fails: its code, who can change it, and the words that agents read.`,
		Example: cli.Examples("puente networks", "puente networks telegram", "puente networks telegram --lang es", "puente networks telegram --json"),
		Args:    cli.AtMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			switch all := set.Descriptions(); {
			case len(args) > 0:
				d := set.Named(args[0])
				if d == nil {
					return fmt.Errorf("there is no network %q: %s", args[0], words.There(set.Names()))
				}
				if machine {
					return catalogue.One(out, d.Describe())
				}
				language := render.LanguageOf(os.Getenv)
				if lang != "" {
					var err error
					if language, err = render.ParseLanguage(lang); err != nil {
						return cli.Usage(c, "%v", err)
					}
				}
				_, err := io.WriteString(out, catalogue.Page(d.Describe(), reason.Locale(language)))
				return err
			case machine:
				return catalogue.All(out, all)
			default:
				return catalogue.List(out, all)
			}
		},
		ValidArgsFunction: cli.FirstWord(cli.NamesOf(set)),
	}
	c.Flags().BoolVar(&machine, "json", false, "as JSON, for machines")
	c.Flags().StringVar(&lang, "lang", "", "`language` of the words that agents read: es or en; default that of the environment")
	cli.Completes(c, "lang", cli.Fixed("es", "en"))
	return c
}

// New begins something new.
func New(set networks.Set) *cobra.Command {
	c := &cobra.Command{
		Use:     "new",
		Short:   "Begin something new: a network",
		Example: cli.Examples("puente new network acme"),
	}
	c.AddCommand(newNetworkCommand(set))
	return c
}

func newNetworkCommand(set networks.Set) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "network NAME",
		Short: "Write the folder of a new network, which compiles and passes its tests",
		Long: `Writes the folder of a new network: code that compiles and passes the kit, against an API that does not exist. From
there on put the vendor's API in its place. A name is 1 to 20 lower-case letters and digits.

In Puente's own repository the network is built in too, by one line of the list. In a module of your own say with
--dir where its folder is to be.`,
		Example: cli.Examples("puente new network acme", "puente new network acme --dir ./networks/acme   # in your own module"),
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(c, "give the network's name")
			}
			return cli.AtMost(1)(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			around, err := os.Getwd()
			if err != nil {
				return err
			}
			w, err := scaffold.New(scaffold.Options{
				Name: args[0], Taken: append(set.Names(), bonychat.Platform.Describe().Name), Around: around, Dir: dir,
			})
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			fmt.Fprintf(out, "wrote %s:\n", w.Folder)
			for _, name := range w.Files {
				fmt.Fprintf(out, "  %s\n", filepath.ToSlash(name))
			}
			next := fmt.Sprintf("the all-in-one has it by one line in %s", w.Registry)
			if w.Registry == "" {
				next = fmt.Sprintf("its service is %s/cmd/egress-%s", w.Import, args[0])
			}
			fmt.Fprintf(out, "%s.\n\nIt passes its tests: go test %s/...\nNow put the vendor's API in place of the one that does not exist; network.go says how.\n", next, w.Import)
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.Folder(c, &dir, "dir", "`folder` to write, in any module; default services/egress/NAME of the repository around the working folder")
	return c
}
