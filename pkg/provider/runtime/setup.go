package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
)

// webhookURL is where the network calls for a channel.
func (s *runner) webhookURL(channel string) string {
	return fmt.Sprintf("%s/webhooks/%s/%s", s.env.PublicURL, s.description.Name, channel)
}

// Registration is what became of registering a channel's webhook.
type Registration struct {
	// URL is where the network has to call; "" where it makes no calls: it is listened to.
	URL string
	// Done says that the network knows URL.
	Done bool
	// Why says why nothing was registered, where nothing was tried.
	Why string
	// Todo is what a person still has to do; "" for nothing that the network told.
	Todo string
}

// register registers the channel's webhook where the network can and the public URL can be called from outside; else it
// says what a person has to do. It tries once.
func (s *runner) register(ctx context.Context, sender provider.Sender, channel string) (r Registration, err error) {
	if s.description.Webhook == nil {
		return r, nil
	}
	r.URL = s.webhookURL(channel)
	setter, ok := sender.(provider.Setter)
	switch {
	case !ok:
		r.Why = "the network takes no registration from here"
	case !strings.HasPrefix(s.env.PublicURL, "https://"):
		r.Why = "public_url is not https"
	default:
		err = s.shielded("setup", func() (err error) {
			r.Todo, err = setter.Setup(ctx, r.URL)
			return err
		})
		r.Done = err == nil
		return r, err
	}
	if i, is := sender.(provider.Instructor); is {
		err = s.shielded("instructions", func() error {
			r.Todo = i.Instructions(r.URL)
			return nil
		})
	}
	return r, err
}

// setUp registers the channel's webhook, however long it takes, and tells what is left to a person.
func (s *runner) setUp(ctx context.Context, c *channel) {
	if onlyHeard(c.sender) {
		return // its network makes no calls
	}
	log := s.env.Log.With("network", s.description.Name, "channel", c.ID)
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 5*time.Minute) {
		r, err := s.register(ctx, c.sender, c.ID)
		f := provider.Classify(err)
		switch {
		case err == nil:
			s.tell(log, c.ID, r)
			return
		case r.Why != "": // the instructions panicked, which was logged
			return
		case f.Class == result.Suspended || f.Class == result.Rejected:
			log.Error("webhook not registered", "err", err)
			return
		}
		log.Warn("webhook not registered yet", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(max(wait, f.After)):
		}
	}
}

// tell tells what is left to a person.
func (s *runner) tell(log *slog.Logger, channel string, r Registration) {
	switch {
	case r.Todo == "":
	case r.Done && s.env.Tell != nil:
		s.env.Tell(fmt.Sprintf("channel %s: the webhook needs a hand: %s\n", channel, r.Todo))
	case r.Done:
		log.Warn("webhook needs a hand", "todo", r.Todo)
	case s.env.Tell != nil:
		s.env.Tell(fmt.Sprintf("channel %s: the webhook is not registered, since %s. Make this call once:\n%s\n", channel, r.Why, r.Todo))
	default:
		log.Warn("webhook not registered", "why", r.Why, "todo", r.Todo)
	}
}

// Target is a channel of the configuration that is to be set up.
type Target struct {
	// Channel is its id, Account its credentials as the configuration has them.
	Channel string
	Account json.RawMessage
	// PublicURL and AllowAddresses are the configuration's.
	PublicURL      string
	AllowAddresses []netip.Prefix
}

// Finding is what [SetUp] found and did, in this order. An error ends it.
type Finding struct {
	// Refused is why the account cannot be used at all.
	Refused error
	// Checked says that the network can be asked whether the credentials are good, and Bad that they are not, or that no
	// answer came ([provider.Classify]).
	Checked bool
	Bad     error
	// Registration is what became of the webhook, Unregistered why nothing did.
	Registration
	Unregistered error
}

// Err is the error that ended it, nil for none.
func (f Finding) Err() error {
	for _, err := range []error{f.Refused, f.Bad, f.Unregistered} {
		if err != nil {
			return err
		}
	}
	return nil
}

// SetUp checks a channel's credentials and registers its webhook, once, as a network's service does when it starts. It
// needs no bridge that runs.
func SetUp(ctx context.Context, d provider.Driver, t Target) (f Finding) {
	s, sender, listened, err := open(d, t)
	defer s.client.Close()
	if f.Refused = err; err != nil {
		return f
	}
	if f.Checked, f.Bad = s.check(ctx, sender); f.Bad != nil {
		return f
	}
	if !listened {
		f.Registration, f.Unregistered = s.register(ctx, sender, t.Channel)
	}
	return f
}
