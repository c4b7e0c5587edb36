package runtime

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/storage"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// account is the part of a channel's credentials that this driver is opened with.
func (s *runner) account(e directory.Entry) json.RawMessage {
	if s.description.Platform {
		return e.Platform
	}
	return e.Account
}

// open opens an account. One that the network's code refuses is a channel that is suspended, not the end of the others: its messages
// wait until its settings are put right. It asks nobody.
func (s *runner) open(e directory.Entry, common common) *channel {
	raw := s.account(e)
	c := &channel{Channel: e.Channel, raw: raw, digest: s.env.Bus.Digest(digest.ForAccount, s.description.Name, string(raw))}
	bound := provider.Bound{Identity: string(raw)}
	err := s.shielded("open", func() (err error) {
		if bound, err = bind(s.driver, raw); err != nil {
			return err
		}
		c.shared = common.of(s.identity(bound.Identity))
		c.sender, err = bound.Open(s.host(e.Channel, c.shared))
		return err
	})
	c.identity, c.read, c.agreed = s.identity(bound.Identity), bound.Receive, bound.Agreed
	if err != nil {
		s.env.Log.Error("account refused: the channel is suspended", "network", s.description.Name, "channel", e.ID, "err", err)
		c.sender = refused{err}
	}
	// a call that comes all the same is a dead letter with this reason
	if c.read == nil {
		c.read = func(webhook.Call) ([]provider.Event, error) {
			return nil, cmp.Or(err, fmt.Errorf("%s reads no calls", s.description.Name))
		}
	}
	c.listener = account.Listener(c.sender)
	return c
}

// host is what the sender of a channel works with. It is made once for each channel, and safe for concurrent use.
func (s *runner) host(c directory.Channel, shared *provider.Shared) provider.Host {
	of := s.storageOf(c)
	return provider.Host{
		Client: s.client, WebhookURL: account.WebhookURL(s.env.PublicURL, s.description.Name, c.ID),
		Replies: storage.NewReplies(of), Files: storage.NewFiles(of, s.env.PublicURL), State: storage.NewState(of), Shared: shared,
	}
}

// storageOf is where a channel's things are kept.
func (s *runner) storageOf(c directory.Channel) storage.Channel {
	return storage.Channel{Bus: s.env.Bus, Network: c.Network, ID: c.ID}
}

// bind is the driver's Bind. An account that cannot be read counts rates for itself: its text stands for it.
func bind(d provider.Driver, account json.RawMessage) (provider.Bound, error) {
	bound, err := d.Bind(account)
	if err != nil {
		bound = provider.Bound{Identity: string(account)}
	}
	return bound, err
}

// identity stands for what the network counts rates by ([provider.Identity]), as a digest: it may be a token. All processes make
// the same of it, so that channels that share a rate have one owner.
func (s *runner) identity(of string) string {
	return s.env.Bus.Digest(digest.ForIdentity, s.description.Name, of)
}

// refused is the sender of an account that cannot be used.
type refused struct{ err error }

// Send implements [provider.Sender]: it suspends the channel, whatever is sent.
func (r refused) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, outcome.Suspend(reason.AccountUnusable, r.err)
}
