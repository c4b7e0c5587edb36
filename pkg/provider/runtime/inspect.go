package runtime

import (
	"context"
	"log/slog"
	"net/url"

	"github.com/bonychat/puente/pkg/provider"
)

// Look is what [LookAt] found. An error ends it.
type Look struct {
	// Refused, Checked and Bad are those of [Finding].
	Refused error
	Checked bool
	Bad     error
	// URL is where the network has to call; "" where it makes no calls.
	URL string
	// Asked says that the network can be asked where it calls, and Unknown why no answer came.
	Asked   bool
	Unknown error
	provider.Inspection
}

// LookAt asks a channel's network whether the credentials are good and where it calls. It registers nothing, and needs no
// bridge that runs.
func LookAt(ctx context.Context, d provider.Driver, t Target) (l Look) {
	s, sender, listened, err := open(d, t)
	defer s.client.Close()
	if l.Refused = err; err != nil {
		return l
	}
	if l.Checked, l.Bad = s.check(ctx, sender); l.Bad != nil || listened || s.description.Webhook == nil {
		return l
	}
	l.URL = s.webhookURL(t.Channel)
	inspector, ok := sender.(provider.Inspector)
	if l.Asked = ok; !ok {
		return l
	}
	l.Unknown = s.shielded("inspect", func() (err error) {
		l.Inspection, err = inspector.Inspect(ctx, l.URL)
		return err
	})
	if !l.Good {
		l.Inspection.URL = withoutSecrets(l.Inspection.URL)
	}
	return l
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

// open opens a channel's account for something that is done once, without a bridge. The client has to be closed.
func open(d provider.Driver, t Target) (s *runner, sender provider.Sender, listened bool, err error) {
	s = &runner{driver: d, description: d.Describe(), env: Environment{PublicURL: t.PublicURL, Log: slog.New(slog.DiscardHandler)}}
	s.client = provider.NewClient(provider.ClientOptions{Configured: urls(t.Account), PublicURL: t.PublicURL, AllowAddresses: t.AllowAddresses})
	err = s.shielded("open", func() (err error) {
		bound, err := d.Bind(t.Account)
		if err != nil {
			return err
		}
		sender, err = bound.Open(provider.Host{Client: s.client, WebhookURL: s.webhookURL(t.Channel)})
		listened = err == nil && onlyHeard(sender)
		return err
	})
	return s, sender, listened, err
}

// check asks whether the credentials are good, where the network can be asked.
func (s *runner) check(ctx context.Context, sender provider.Sender) (checked bool, bad error) {
	checker, ok := sender.(provider.Checker)
	if !ok {
		return false, nil
	}
	return true, s.shielded("check", func() error { return checker.Check(ctx) })
}
