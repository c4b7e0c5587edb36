package ask

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/puente/allinone/internal/cli"
	"github.com/bonychat/puente/services/puente/demonstration"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/trigger"
)

// Trigger posts a call as a network would.
func Trigger(set networks.Set) *cobra.Command {
	a := &cli.Asking{}
	var path, from, to string
	var anywhere bool
	c := &cobra.Command{
		Use:   "trigger CHANNEL text WORDS...",
		Short: "Post a webhook call as the channel's network would of a contact's text",
		Long: `Makes a webhook call up as the channel's network makes it of a contact's text, signs it with the secrets of the
channel's account, and posts it to the bridge's public address: the message goes on to BonyChat as a real one does. It
needs the configuration file, or the "puente up" that runs on this machine, the demonstration too.

Only a bridge on this machine is posted to, unless --yes allows another. --to posts to another address than public_url,
such as the one behind the proxy; what a network signs stays public_url.

A network that is listened to, by a socket or by asking, makes no calls: then the command says so. Status 1: the bridge
did not take the call, or none can be made; 3: there is no such channel.`,
		Example: cli.Examples(`puente trigger demo text "hola"                                           # the demonstration`,
			`puente trigger k7m2q9x4t8w1zb text "hola" -f puente.yaml --from 123456789  # of this contact`,
			`puente trigger k7m2q9x4t8w1zb text "hola" -f puente.yaml --to http://127.0.0.1:8080`),
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) < 3:
				return cli.Usage(c, "say which channel, and what is written: puente trigger CHANNEL text WORDS")
			case args[1] != "text":
				return cli.Usage(c, "there is no %q: text", args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			out, err := a.Render(c)
			if err != nil {
				return err
			}
			cfg, err := channelsOfBridge(set, api.Target{File: path, Data: a.Target.Data}, out)
			if err != nil {
				return err
			}
			w := out.Words.Trigger
			at := slices.IndexFunc(cfg.Channels, func(one config.Channel) bool { return one.ID == args[0] })
			if at < 0 {
				return &exit.Error{Status: exit.NotFound, Text: fmt.Sprintf(w.NoChannel, args[0])}
			}
			channel := cfg.Channels[at]
			said := provider.Said{Contact: from, Text: strings.Join(args[2:], " "), Number: out.Now.UnixMicro(), At: out.Now}
			return cli.UntilSignal(func(ctx context.Context) error {
				p, err := trigger.Text(ctx, trigger.Target{PublicURL: cfg.PublicURL, URL: to, Anywhere: anywhere}, set.Named(channel.Network), channel, said)
				return told(out, p, err)
			})
		},
		ValidArgsFunction: cli.FirstWord(cli.ChannelsOf(&path)),
	}
	cli.File(c, &path, "", "configuration `file` of the bridge; default that of the one on this machine")
	cli.Folder(c, &a.Target.Data, "data", "data `folder` of a bridge on this machine")
	c.Flags().StringVar(&from, "from", "", "`address` of the contact, as the network spells it; default an example")
	c.Flags().StringVar(&to, "to", "", "`URL` to post to, instead of public_url")
	c.Flags().BoolVar(&anywhere, "yes", false, "post to a bridge that is not on this machine")
	cli.NoFiles(c, "from", "to")
	a.Shown(c)
	return c
}

// channelsOfBridge is the configuration with its secrets: of the file that is named, else of the bridge on this machine.
func channelsOfBridge(set networks.Set, t api.Target, out render.Output) (*config.Config, error) {
	if t.File == "" {
		b, err := api.OnThisMachine(t, out)
		if err != nil {
			return nil, err
		}
		if t.File = b.File; t.File == "" {
			t.File = filepath.Join(b.Data, demonstration.File)
		}
	}
	return config.Load(t.File, set.Known())
}

// told says what became of the call.
func told(out render.Output, p trigger.Posted, err error) error {
	w := out.Words.Trigger
	switch {
	case errors.Is(err, trigger.ErrElsewhere):
		return &exit.Error{Status: exit.Failed, Text: fmt.Sprintf(w.Elsewhere, err)}
	case err != nil:
		return &exit.Error{Status: exit.Failed, Text: fmt.Sprintf(w.NotPosted, err)}
	}
	taken := p.Status >= 200 && p.Status < 300
	if out.JSON {
		err = out.Value(p)
	} else if taken {
		out.Line(w.Taken, p.URL, p.Status, p.Channel)
	}
	if err == nil && !taken {
		return &exit.Error{Status: exit.Failed, Text: fmt.Sprintf(w.Refused, p.URL, p.Status)}
	}
	return err
}
