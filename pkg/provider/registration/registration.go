// Package registration registers the webhook of one channel at its network, and asks the network which webhook it calls now. It stores
// nothing and needs no running bridge. "puente setup" and the networks' services use it.
//
//	f := registration.SetUp(ctx, telegram.Network, registration.Target{Channel: "shop", Account: account, PublicURL: url})
//	if err := f.Err(); err != nil { … }
//
// Each call opens a client and the account, and closes them again. Nothing is tried twice; [outcome.Classify] of an error says when to try
// again.
//
// Everything here is safe for concurrent use and ends with its context. A panic in the network's code becomes an error. No error holds a
// credential if the network's code keeps the rules of its kit; for texts that are shown to people use [Conceal] in addition.
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

// Webhook describes the webhook of one channel.
type Webhook struct {
	// Network is what the network declares of itself.
	Network provider.Description
	// PublicURL is the scheme and host that networks call, without a slash at its end.
	PublicURL string
	// Channel is the channel's id, the last part of the address.
	Channel string
	// Log is told of a panic in the network's code. Required.
	Log *slog.Logger
}

// URL is the address that the network has to call: <public_url>/webhooks/<network>/<channel>. It holds no secret. A network whose address
// needs one adds it itself.
func (w Webhook) URL() string { return account.WebhookURL(w.PublicURL, w.Network.Name, w.Channel) }

// Registration is what became of registering a channel's webhook.
type Registration struct {
	// URL is the address that the network has to call; "" if it makes no calls, because it is listened to.
	URL string
	// Done is true if the network knows URL.
	Done bool
	// Why says why nothing was tried, in English, and WhyEs in Spanish; both are "" if something was tried.
	Why, WhyEs string
	// Todo is what a person still has to do, or "".
	Todo string
}

// Register registers the webhook, if the network can ([provider.Setter]) and the public URL can be called from outside. Otherwise it says what
// a person has to do ([provider.Instructor]). It tries once; [outcome.Classify] says what its error means. It can be repeated: a webhook that
// is registered already is not changed.
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
	// Channel is its id. Account is its settings with its credentials, the JSON object of the configuration.
	Channel string
	Account json.RawMessage
	// PublicURL and AllowAddresses are those of the configuration, see [httpclient.Options].
	PublicURL      string
	AllowAddresses []netip.Prefix
}

// Finding is what [SetUp] found and did, in the order of its fields. After the first error the fields behind it are zero.
type Finding struct {
	// Refused says why the account cannot be used at all.
	Refused error
	// Checked is true if the network can be asked whether the credentials are good. Bad is set if they are not, or if no answer came;
	// [outcome.Classify] tells which.
	Checked bool
	Bad     error
	// Registration is what became of the webhook. Unregistered is the error if registering failed.
	Registration
	Unregistered error
}

// Err is the first error, or nil.
func (f Finding) Err() error {
	for _, err := range []error{f.Refused, f.Bad, f.Unregistered} {
		if err != nil {
			return err
		}
	}
	return nil
}

// SetUp checks a channel's credentials and registers its webhook, once, as a network's service does when it starts. If the credentials are
// refused it registers nothing. It makes two or three requests of at most 20 seconds each, and ends with the context. It can be repeated:
// what is right is not changed.
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
