package registration

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/internal/account"
)

// Look is what [LookAt] found. After the first error the fields behind it are zero.
type Look struct {
	// Refused, Checked and Bad are those of [Finding].
	Refused error
	Checked bool
	Bad     error
	// URL is the address that the network has to call; "" if it makes no calls.
	URL string
	// Asked is true if the network can be asked where it calls. Unknown says why no answer came.
	Asked   bool
	Unknown error
	// Todo is what a person has to do so that the network calls ([provider.Instructor]), if Puente can neither ask nor register; otherwise
	// "".
	Todo string
	// Inspection is the network's answer. An address that is not ours is given without user, query and fragment, which may be
	// somebody's credentials.
	provider.Inspection
}

// LookAt asks a channel's network whether the credentials are good and where it calls. It changes nothing at the network. If the channel is
// listened to, it asks only about the credentials. The caller decides whether all is well: a network that cannot be asked (Asked is false) is
// not a fault.
func LookAt(ctx context.Context, d provider.Driver, t Target) (l Look) {
	o, err := open(d, t)
	defer o.client.Close()
	if l.Refused = err; err != nil {
		return l
	}
	if l.Checked, l.Bad = o.check(ctx); l.Bad != nil || account.OnlyHeard(o.sender) || o.Network.Webhook == nil {
		return l
	}
	l.URL = o.URL()
	inspector, ok := o.sender.(provider.Inspector)
	if l.Asked = ok; !ok {
		l.Todo, l.Unknown = o.instructions()
		return l
	}
	l.Unknown = o.shielded("inspect", func() (err error) {
		l.Inspection, err = inspector.Inspect(ctx, l.URL)
		return err
	})
	if !l.Good {
		l.Inspection.URL = withoutSecrets(l.Inspection.URL)
	}
	return l
}

// Credentials asks a channel's network whether the credentials are good, and nothing else: for those of a channel that is not there
// yet. It changes nothing at the network. Of the result Refused, Checked and Bad mean something.
func Credentials(ctx context.Context, d provider.Driver, t Target) (l Look) {
	o, err := open(d, t)
	defer o.client.Close()
	if l.Refused = err; err == nil {
		l.Checked, l.Bad = o.check(ctx)
	}
	return l
}

// instructions are those of a network that registers nothing by itself; "" of any other.
func (o *opened) instructions() (todo string, err error) {
	i, ok := o.sender.(provider.Instructor)
	if _, sets := o.sender.(provider.Setter); !ok || sets {
		return "", nil
	}
	err = o.shielded("instructions", func() error {
		todo = i.Instructions(o.URL())
		return nil
	})
	return todo, err
}

// withoutSecrets is an address without what may be a credential: somebody else's may stand in its query.
func withoutSecrets(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// Listens says whether an account, the JSON object of the configuration, is listened to and gets no calls. It makes no request. It is false for
// an account that cannot be used.
func Listens(d provider.Driver, raw json.RawMessage) bool {
	o, err := open(d, Target{Account: raw})
	defer o.client.Close()
	return err == nil && account.OnlyHeard(o.sender)
}

// opened is a channel's account that was opened for something that is done once, without a bridge.
type opened struct {
	Webhook
	client *httpclient.Client // to be closed, whether the account could be opened or not
	sender provider.Sender
}

// open binds and opens the account. The result is never nil: its client has to be closed after an error too.
func open(d provider.Driver, t Target) (*opened, error) {
	o := &opened{Webhook: Webhook{Network: d.Describe(), PublicURL: t.PublicURL, Channel: t.Channel, Log: slog.New(slog.DiscardHandler)}}
	o.client = httpclient.New(httpclient.Options{Configured: account.Addresses(t.Account), PublicURL: t.PublicURL, AllowAddresses: t.AllowAddresses})
	err := o.shielded("open", func() error {
		bound, err := d.Bind(t.Account)
		if err != nil {
			return err
		}
		o.sender, err = bound.Open(provider.Host{Client: o.client, WebhookURL: o.URL()})
		return err
	})
	return o, err
}

// check asks whether the credentials are good, where the network can be asked ([provider.Checker]).
func (o *opened) check(ctx context.Context) (checked bool, bad error) {
	checker, ok := o.sender.(provider.Checker)
	if !ok {
		return false, nil
	}
	return true, o.shielded("check", func() error { return checker.Check(ctx) })
}
