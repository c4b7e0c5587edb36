package email

import (
	"context"
	"net"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/email/internal/imap"
	"github.com/bonychat/puente/services/egress/email/internal/smtp"
)

// sender is one mailbox.
type sender struct {
	account Account
	client  *httpclient.Client
	state   provider.State
	token   *provider.Token // nil with a password
	// fetching has a place for each connection that files are fetched over: Gmail takes fifteen of a mailbox, and people read it too.
	fetching chan struct{}
	stuck    stuck
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	s := &sender{account: a, client: h.Client, state: h.State, fetching: make(chan struct{}, 3)}
	s.token = s.newToken(h.State)
	return s, nil
}

// dial connects to a server of the account.
func (s *sender) dial(ctx context.Context, address, plain, secure string) (net.Conn, server, error) {
	at, err := serverOf(address, plain, secure)
	if err != nil {
		return nil, at, outcome.Reject(noConnection, err)
	}
	conn, err := s.client.Dial(ctx, httpclient.Address{Host: at.host, TLS: at.tls})
	return conn, at, err
}

// startTLS makes a connection secure.
func (s *sender) startTLS(ctx context.Context, at server) func(net.Conn) (net.Conn, error) {
	return func(conn net.Conn) (net.Conn, error) { return s.client.StartTLS(ctx, conn, at.name) }
}

// upgrades says that a connection to a server has to become a secure one before anything is said.
func (s *sender) upgrades(at server) bool { return !at.tls && s.account.Encryption != none }

// logIn connects to the mailbox's server and logs in.
func (s *sender) logIn(ctx context.Context) (c *imap.Client, err error) {
	err = s.entering(ctx, func(k credential) error {
		c, err = s.logInWith(ctx, k)
		return err
	})
	return c, err
}

func (s *sender) logInWith(ctx context.Context, k credential) (*imap.Client, error) {
	conn, at, err := s.dial(ctx, s.account.IMAP, "imap", "imaps")
	if err != nil {
		return nil, err
	}
	c, err := imap.New(ctx, conn)
	if err == nil && s.upgrades(at) {
		err = c.Upgrade(ctx, s.startTLS(ctx, at))
	}
	switch {
	case err != nil:
	case k.access != "":
		err = c.Authenticate(ctx, "XOAUTH2", xoauth2(s.account.user(), k.access))
	default:
		err = c.Login(ctx, s.account.user(), k.password)
	}
	if err != nil {
		c.Close()
		return nil, judgeIMAP(err)
	}
	return c, nil
}

// submission connects to the server that mails go out by, and logs in.
func (s *sender) submission(ctx context.Context) (c *smtp.Client, err error) {
	err = s.entering(ctx, func(k credential) error {
		c, err = s.submitWith(ctx, k)
		return err
	})
	return c, err
}

func (s *sender) submitWith(ctx context.Context, k credential) (*smtp.Client, error) {
	conn, at, err := s.dial(ctx, s.account.SMTP, "smtp", "smtps")
	if err != nil {
		return nil, err
	}
	c, err := smtp.New(ctx, conn, s.account.domain())
	if err == nil && s.upgrades(at) {
		err = c.Upgrade(ctx, s.startTLS(ctx, at))
	}
	switch {
	case err != nil:
	case k.access != "":
		err = c.Authenticate(ctx, "XOAUTH2", xoauth2(s.account.user(), k.access))
	default:
		err = c.Plain(ctx, s.account.user(), k.password)
	}
	if err != nil {
		c.Close()
		return nil, judgeSMTP(err)
	}
	return c, nil
}

// Check implements [provider.Checker]: it logs in at both servers, and looks whether there is such a folder. Where an application logs in
// by itself nothing has to be kept for it, so that it works where no bridge runs, too.
func (s *sender) Check(ctx context.Context) error {
	if s.token == nil || s.account.RefreshToken.Reveal() != "" {
		return s.entering(ctx, func(k credential) error { return s.check(ctx, k) })
	}
	given, err := s.refresh(ctx, "")
	if err != nil {
		return err
	}
	return s.check(ctx, credential{access: given.Access})
}

func (s *sender) check(ctx context.Context, k credential) error {
	box, err := s.logInWith(ctx, k)
	if err != nil {
		return err
	}
	defer box.Logout()
	if _, err := box.Examine(ctx, s.account.mailbox()); err != nil {
		return judgeIMAP(err)
	}
	out, err := s.submitWith(ctx, k)
	if err != nil {
		return err
	}
	out.Quit()
	return nil
}
