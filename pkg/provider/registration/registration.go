// Package registration makes a network call the bridge: it registers the webhook of one channel, and asks the network where
// it calls now. It runs nothing, stores nothing, and needs no bridge that runs: "puente setup" is made of it, and a network's
// service registers its channels by it.
//
//	f := registration.SetUp(ctx, telegram.Network, registration.Target{Channel: "shop", Account: account, PublicURL: url})
//	if err := f.Err(); err != nil { … }
//
// What it needs it opens for the one call, and closes again: a client, and the account. Nothing is tried twice; whoever wants that
// asks [outcome.Classify] of the error when.
//
// Everything here is safe for concurrent use, ends with its context, and survives a panic in the network's code, which
// becomes an error. No error holds a credential, as far as the network's code keeps the rules of its kit; [Conceal] is for what is
// shown to people all the same.
package registration

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/netip"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/account"
)

// Webhook is one channel's, as it has to be registered.
type Webhook struct {
	// Network is what the network declares of itself.
	Network provider.Description
	// PublicURL is scheme and host that networks call, without a slash at its end.
	PublicURL string
	// Channel is the channel's id, the last part of the address.
	Channel string
	// Log is told of a panic in the network's code. Required.
	Log *slog.Logger
}

// URL is where the network has to call: <public_url>/webhooks/<network>/<channel>. It holds no secret; a network that needs one in
// its address adds it itself.
func (w Webhook) URL() string { return account.WebhookURL(w.PublicURL, w.Network.Name, w.Channel) }

// Registration is what became of registering a channel's webhook.
type Registration struct {
	// URL is where the network has to call; "" where it makes no calls: it is listened to.
	URL string
	// Done says that the network knows URL.
	Done bool
	// Why says why nothing was registered, where nothing was tried; WhyEs is the same in Spanish.
	Why, WhyEs string
	// Todo is what a person still has to do; "" for nothing that the network told.
	Todo string
}

// Register registers the webhook where the network can ([provider.Setter]) and the public URL can be called from outside;
// else it says what a person has to do ([provider.Instructor]). It tries once; what its error means says
// [outcome.Classify]. To register what is registered already changes nothing.
func (w Webhook) Register(ctx context.Context, sender provider.Sender) (r Registration, err error) {
	if w.Network.Webhook == nil {
		return r, nil
	}
	r.URL = w.URL()
	setter, ok := sender.(provider.Setter)
	switch {
	case !ok:
		r.Why, r.WhyEs = "the network takes no registration from here", "esta red no se registra desde aquí"
	case !strings.HasPrefix(w.PublicURL, "https://"):
		r.Why, r.WhyEs = "public_url is not https", "public_url no es https"
	default:
		err = w.shielded("setup", func() (err error) {
			r.Todo, err = setter.Setup(ctx, r.URL)
			return err
		})
		r.Done = err == nil
		return r, err
	}
	if i, is := sender.(provider.Instructor); is {
		err = w.shielded("instructions", func() error {
			r.Todo = i.Instructions(r.URL)
			return nil
		})
	}
	return r, err
}

// shielded calls the network's code, and makes an error of a panic in it.
func (w Webhook) shielded(what string, call func() error) error {
	return account.Shield(w.Log, w.Network.Name, what, call)
}

// Target is a channel of the configuration that is to be set up, or asked about.
type Target struct {
	// Channel is its id, Account its settings with its credentials, as the JSON object of the configuration.
	Channel string
	Account json.RawMessage
	// PublicURL and AllowAddresses are the configuration's, see [httpclient.Options].
	PublicURL      string
	AllowAddresses []netip.Prefix
}

// Finding is what [SetUp] found and did, in this order. An error ends it: what comes behind it in the struct is zero.
type Finding struct {
	// Refused is why the account cannot be used at all.
	Refused error
	// Checked says that the network can be asked whether the credentials are good, and Bad that they are not, or that no
	// answer came ([outcome.Classify]).
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

// SetUp checks a channel's credentials and registers its webhook, once, as a network's service does when it starts. With a
// credential that is refused it registers nothing. It makes two or three requests; what bounds them is the context, and the client's
// own time of 20 seconds each. To do it again changes nothing that is right.
func SetUp(ctx context.Context, d provider.Driver, t Target) (f Finding) {
	o, err := open(d, t)
	defer o.client.Close()
	if f.Refused = err; err != nil {
		return f
	}
	if f.Checked, f.Bad = o.check(ctx); f.Bad != nil {
		return f
	}
	if !account.OnlyHeard(o.sender) {
		f.Registration, f.Unregistered = o.Register(ctx, o.sender)
	}
	return f
}
