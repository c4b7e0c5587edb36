package provider

import (
	"context"
	"log/slog"
	"net/url"
)

// Inspector asks the network where it calls for a channel. It changes nothing there. The errors are those of Send.
type Inspector interface {
	Inspect(ctx context.Context, webhookURL string) (Inspection, error)
}

// Inspection is what a network knows of a channel's webhook.
type Inspection struct {
	// URL is where it calls; "" for nowhere.
	URL string
	// Good says that URL is the bridge's and that all else is as [Setter] would make it.
	Good bool
	// Waiting is how many calls wait at the network, nil where it does not tell.
	Waiting *int
	// LastError is why its last call failed, as the network says; "" for none, or where it does not tell.
	LastError string
}

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
	Inspection
}

// LookAt asks a channel's network whether the credentials are good and where it calls. It registers nothing, and needs no
// bridge that runs.
func LookAt(ctx context.Context, d Driver, t Target) (l Look) {
	s, sender, listened, err := open(d, t)
	defer s.client.Close()
	if l.Refused = err; err != nil {
		return l
	}
	if l.Checked, l.Bad = s.check(ctx, sender); l.Bad != nil || listened || s.description.Webhook == nil {
		return l
	}
	l.URL = s.webhookURL(t.Channel)
	inspector, ok := sender.(Inspector)
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
func open(d Driver, t Target) (s *runner, sender Sender, listened bool, err error) {
	s = &runner{driver: d, description: d.Describe(), env: Environment{PublicURL: t.PublicURL, Log: slog.New(slog.DiscardHandler)}}
	s.client = NewClient(ClientOptions{Configured: urls(t.Account), PublicURL: t.PublicURL, AllowAddresses: t.AllowAddresses})
	err = s.shielded("open", func() (err error) {
		sender, err = d.open(t.Account, Host{Client: s.client, WebhookURL: s.webhookURL(t.Channel)})
		listened = err == nil && onlyHeard(sender)
		return err
	})
	return s, sender, listened, err
}

// check asks whether the credentials are good, where the network can be asked.
func (s *runner) check(ctx context.Context, sender Sender) (checked bool, bad error) {
	checker, ok := sender.(Checker)
	if !ok {
		return false, nil
	}
	return true, s.shielded("check", func() error { return checker.Check(ctx) })
}
