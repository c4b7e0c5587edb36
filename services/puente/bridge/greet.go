package bridge

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/puente/words"
)

// records says that all that is written has to be records of the log: what is for people would break it, since both
// outputs of a program often end in one file.
func (b *bridge) records() bool { return b.cfg.Log.Format == config.JSON }

// telling runs a service that may have something to tell a person, line by line. Where none is watching, the service
// logs it.
func (b *bridge) telling(out io.Writer, run service.Run) service.Run {
	return func(ctx context.Context, env service.Env) error {
		if !b.records() && watched(out) {
			env.Tell = func(text string) { fmt.Fprint(out, text) }
		}
		return run(ctx, env)
	}
}

// watched says that an output is a terminal.
func watched(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// greeted are the channels that the bridge begins with, until they have been shown.
type greeted struct{ channels []config.Channel }

// greet says where to look. It is called once.
func (b *bridge) greet(w io.Writer, g *greeted) {
	defer b.showTraces(w)
	channels := g.channels
	g.channels = nil
	switch {
	case b.demo != nil:
		b.demo.Greet(w, b.internal.Addr().String())
		return
	case b.records():
		b.log.Info("up", "channels", len(channels), "listen", b.public.Addr().String(), "internal", b.internal.Addr().String())
	default:
		fmt.Fprintf(w, "puente is up: %s, listening on %s, health on http://%s/readyz\n", words.Count(len(channels), "channel"), b.public.Addr(), b.internal.Addr())
	}
	for _, c := range channels {
		b.introduce(w, c)
	}
}

// introduce says where the far ends of a channel call.
func (b *bridge) introduce(w io.Writer, c config.Channel) {
	platform, webhook := b.cfg.PublicURL+"/message", fmt.Sprintf("%s/webhooks/%s/%s", b.cfg.PublicURL, c.Network, c.ID)
	network := c.Network + " calls " + webhook
	if b.networks.Listens(c) {
		webhook, network = "", c.Network+" is listened to"
	}
	if b.records() {
		b.log.Info("channel", "channel", c.ID, "network", c.Network, "platform_calls", platform, "network_calls", webhook)
		return
	}
	fmt.Fprintf(w, "  channel %s: the platform calls %s, %s\n", c.ID, platform, network)
}
