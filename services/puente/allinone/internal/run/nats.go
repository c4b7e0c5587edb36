package run

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/nkey"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/natsconf"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/words"
)

// NATS writes the accounts of a NATS.
func NATS(set networks.Set) *cobra.Command {
	c := &cobra.Command{
		Use:     "nats",
		Short:   "Write the accounts of a NATS of your own",
		Example: cli.Examples("puente nats config --networks telegram,whatsapp --seeds seeds > accounts.conf"),
	}
	c.AddCommand(natsConfigCommand(set))
	return c
}

func natsConfigCommand(set networks.Set) *cobra.Command {
	var names, given []string
	var seeds string
	var upgrading bool
	c := &cobra.Command{
		Use:   "config",
		Short: "Print accounts for NATS servers that let each service do what it must, and no more",
		Long: `Prints the part "accounts" of the configuration of NATS servers: an account PUENTE, which holds the streams, and one
for each service, which finds there what it needs and nothing else. A stolen key of a network's service reads no
other network's messages and credentials, and has nothing written there. What each service's puente.yaml says stands
at the end.

--seeds names a folder of keys, a file for each service, made where it is missing and kept where it is there. Instead,
or for some of the services, --key gives a public key. Run it again with one more network, and have the servers read
their configuration again.

With --upgrading services of the version before keep what they need beside those of this one. Write it once more
without, when none of them runs any more.`,
		Example: cli.Examples("puente nats config --networks telegram,whatsapp --seeds seeds > accounts.conf"),
		Args:    cli.AtMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			if len(names) == 0 {
				names = set.Names()
			}
			keys, err := keysOf(names, seeds, given)
			if err != nil {
				return err
			}
			others := slices.DeleteFunc(set.Names(), func(n string) bool { return slices.Contains(names, n) })
			accounts, err := natsconf.Accounts(names, others, keys, upgrading)
			if err != nil {
				return fmt.Errorf("%w: name a folder with --seeds, or give it with --key SERVICE=KEY", err)
			}
			_, err = io.WriteString(c.OutOrStdout(), accounts+blocks(names, seeds))
			return err
		},
	}
	c.Flags().StringSliceVar(&names, "networks", nil, "the `NAMES` of the networks, with commas between them; all that are built in where it is not given")
	c.Flags().StringVar(&seeds, "seeds", "", "`FOLDER` of the services' seeds; what is missing is made")
	c.Flags().StringSliceVar(&given, "key", nil, "public key of a service, `SERVICE=KEY`; may be repeated")
	c.Flags().BoolVar(&upgrading, "upgrading", false, "also give what services of the version before need, as long as any of them runs")
	_ = c.RegisterFlagCompletionFunc("networks", cli.FirstWord(cli.NamesOf(set)))
	return c
}

// networkName is what can be the name of a network, and a part of a subject and of an account's name.
var networkName = regexp.MustCompile(`^[a-z][a-z0-9]{0,31}$`)

// keysOf are the public keys of the services: those that are given, the others of the folder of seeds.
func keysOf(names []string, seeds string, given []string) (map[string]string, error) {
	for i, n := range names {
		switch {
		case !networkName.MatchString(n) || n == topology.Platform:
			return nil, fmt.Errorf("--networks: %q is no name of a network: 1 to 32 of a-z and 0-9", n)
		case slices.Contains(names[:i], n):
			return nil, fmt.Errorf("--networks: %s is there twice", n)
		}
	}
	services, keys := natsconf.Services(names), map[string]string{}
	for _, pair := range given {
		service, key, _ := strings.Cut(pair, "=")
		switch {
		case !slices.Contains(services, service):
			return nil, fmt.Errorf("--key: there is no service %q: %s", service, words.There(services))
		case !nkey.IsPublic(key):
			return nil, fmt.Errorf("--key: what is given for %s is no public key of a user: U and 55 of A-Z and 2-7", service)
		}
		keys[service] = key
	}
	if seeds == "" {
		return keys, nil
	}
	missing := slices.DeleteFunc(services, func(s string) bool { return keys[s] != "" })
	made, err := natsconf.Seeds(seeds, missing)
	maps.Copy(keys, made)
	return keys, err
}

// blocks are what the services' configurations say, as comments.
func blocks(names []string, seeds string) string {
	var b strings.Builder
	b.WriteString("# What the puente.yaml of each service says, besides nats.url:\n")
	for _, service := range natsconf.Services(names) {
		fmt.Fprintf(&b, "# %s: %s\n", service, natsconf.Block(service, names, "file:"+filepath.Join(seeds, natsconf.SeedFile(service))))
	}
	return b.String()
}
