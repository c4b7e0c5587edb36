package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// File adds the flag of the configuration file.
func File(c *cobra.Command, to *string, without, usage string) {
	c.Flags().StringVarP(to, "file", "f", without, usage)
	must(c.MarkFlagFilename("file", "yaml", "yml", "json"))
}

// Folder adds the flag of a folder.
func Folder(c *cobra.Command, to *string, name, usage string) {
	c.Flags().StringVar(to, name, "", usage)
	must(c.MarkFlagDirname(name))
}

// Completes says what completes a flag's value.
func Completes(c *cobra.Command, flag string, with cobra.CompletionFunc) {
	must(c.RegisterFlagCompletionFunc(flag, with))
}

// NoFiles says that the values of these flags are no names of files.
func NoFiles(c *cobra.Command, flags ...string) {
	for _, flag := range flags {
		Completes(c, flag, cobra.NoFileCompletions)
	}
}

// must: a flag that is not there is a mistake of this package, at every start.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Fixed completes words.
func Fixed(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// FirstWord completes the first word that is no flag, and none after it.
func FirstWord(with cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return with(c, args, begun)
	}
}

// ChannelsOf completes the ids of the channels of a configuration file, each with its network.
func ChannelsOf(path *string) cobra.CompletionFunc {
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

// ChannelsThere completes the ids of the channels of the bridge that the flags mean. Where it does not answer there are
// those of its configuration file, of puente.yaml where none is named.
func ChannelsThere(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	value := func(flag string) string { return c.Flags().Lookup(flag).Value.String() }
	t := api.Target{API: value("api"), TokenFile: value("token-file"), File: value("file"), Data: value("data")}
	out := render.Output{Out: io.Discard, Err: io.Discard, Words: render.In(render.English), Now: time.Now()}
	if there, err := api.Find(t, os.Getenv, out); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), completeWithin)
		defer cancel()
		if a, err := api.NewClient(there).Channels.ListChannels(ctx, connect.NewRequest(&controlv1.ListChannelsRequest{})); err == nil {
			var ids []cobra.Completion
			for _, channel := range a.Msg.GetChannels() {
				ids = append(ids, cobra.CompletionWithDesc(channel.GetId(), channel.GetNetwork()))
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		}
	}
	path := cmp.Or(t.File, "puente.yaml")
	return ChannelsOf(&path)(c, args, begun)
}

// NamesOf completes the names of networks.
func NamesOf(set networks.Set) cobra.CompletionFunc { return Fixed(set.Names()...) }
