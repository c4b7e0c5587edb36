// Package setup asks the networks of a configuration whether the credentials of its channels are good and where they
// call, and registers the webhooks. It starts nothing and stores nothing.
package setup

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/words"
)

// setUpTimeout bounds what is asked of the network of one channel.
const setUpTimeout = time.Minute

// Setup is what is asked, or done, for the channels of a configuration.
type Setup struct {
	Config   *config.Config
	Networks networks.Set // those that the configuration was read with
	Out      io.Writer    // what was found and done, for people, without any credential
}

// Check asks only, and changes nothing at a network. It returns an error where credentials are refused, or where a webhook
// is not registered as it has to be.
func (s Setup) Check(ctx context.Context, channels []config.Channel) error {
	return s.each(ctx, channels, s.lookAt)
}

// Register does what a network's service does when it starts: it registers the webhook where another one, or none, is
// registered. It returns an error where that is left to a person, or fails.
func (s Setup) Register(ctx context.Context, channels []config.Channel) error {
	return s.each(ctx, channels, s.setUp)
}

// each treats one channel after the other, whatever becomes of one of them. What is said of a channel is written once it
// is whole.
func (s Setup) each(ctx context.Context, channels []config.Channel, treat func(context.Context, io.Writer, provider.Driver, config.Channel) (well bool)) error {
	failed := 0
	for _, c := range channels {
		var said strings.Builder
		fmt.Fprintf(&said, "channel %s: %s\n", c.ID, c.Network)
		d := s.Networks.Named(c.Network)
		within, cancel := context.WithTimeout(ctx, setUpTimeout)
		if !treat(within, &said, d, c) {
			failed++
		}
		cancel()
		_, _ = io.WriteString(s.Out, registration.Conceal(said.String(), d, c.Account.Reveal()))
	}
	if failed > 0 {
		return fmt.Errorf("%s not set up", words.Count(failed, "channel"))
	}
	return nil
}

// setUp sets up one channel, and says whether it is.
func (s Setup) setUp(ctx context.Context, w io.Writer, d provider.Driver, c config.Channel) bool {
	f := registration.SetUp(ctx, d, s.target(c))
	tell(w, s.Config, c, f)
	return f.Err() == nil && (f.URL == "" || f.Done)
}

// lookAt asks about one channel, and says whether all is well.
func (s Setup) lookAt(ctx context.Context, w io.Writer, d provider.Driver, c config.Channel) bool {
	return tellLook(w, s.Config, c, registration.LookAt(ctx, d, s.target(c)))
}

func (s Setup) target(c config.Channel) registration.Target {
	return registration.Target{Channel: c.ID, Account: c.Account.Reveal(), PublicURL: s.Config.PublicURL, AllowAddresses: s.Config.AllowAddresses}
}

// Only is the channel with this id, of those of a configuration.
func Only(channels []config.Channel, id string) ([]config.Channel, error) {
	var ids []string
	for _, c := range channels {
		if c.ID == id {
			return []config.Channel{c}, nil
		}
		ids = append(ids, c.ID)
	}
	return nil, fmt.Errorf("there is no channel %q: %s", id, words.There(ids))
}
