package smpp

import (
	"context"
	"errors"
	"sync"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// sender is one channel of a login. Whoever listens makes the link, and sends go over it.
type sender struct {
	account Account
	client  *httpclient.Client
	parts   progress
	login   *login
	failed  error // why the last link could not be made; guarded by the login's mutex
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	shared := h.Shared
	return &sender{account: a, client: h.Client, login: provider.SharedOf(shared, func() *login { return &login{shared: shared} })}, nil
}

// link is how the SMSC is reached: the session that messages go over, and the one by which it delivers, which may be the same.
type link struct{ tx, rx *session }

// leave ends the link.
func (l *link) leave() {
	if l.rx == l.tx {
		l.tx.leave()
		return
	}
	var all sync.WaitGroup
	all.Go(l.tx.leave)
	l.rx.leave()
	all.Wait()
}

// connect makes a link by the account's mode.
func (s *sender) connect(ctx context.Context) (*link, error) {
	if s.account.Mode != pair {
		one, err := s.bind(ctx, pdu.BindTransceiver)
		if err != nil {
			return nil, err
		}
		return &link{one, one}, nil
	}
	tx, err := s.bind(ctx, pdu.BindTransmitter)
	if err != nil {
		return nil, err
	}
	rx, err := s.bind(ctx, pdu.BindReceiver)
	if err != nil {
		tx.leave()
		return nil, err
	}
	return &link{tx, rx}, nil
}

// bind opens a session (4.1). Its error is one of a Listen, a send and a check.
func (s *sender) bind(ctx context.Context, as pdu.Command) (*session, error) {
	host, tls, err := s.account.address()
	if err != nil {
		return nil, outcome.Reject(bindRefused.With("code", "-"), err)
	}
	conn, err := s.client.Dial(ctx, httpclient.Address{Host: host, TLS: tls})
	if err != nil {
		return nil, err
	}
	one := newSession(conn, s.account.window())
	go one.run()
	answered, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	got, err := one.ask(answered, as, pdu.Bind{
		SystemID: s.account.SystemID, Password: s.account.Password.Reveal(), SystemType: s.account.SystemType, Version: pdu.Version,
	}.Bytes())
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		err = outcome.Temporary(noAnswer, err)
	case err != nil:
		err = outcome.Temporary(lostSession, err)
	case got.Command != as.Response() && (got.Command != pdu.GenericNack || got.Status == pdu.OK):
		err = outcome.Temporary(strangeAnswer, errors.New("the answer to the bind is of another kind"))
	default:
		err = judgeBind(got.Status)
	}
	if err != nil {
		one.conn.Close()
		<-one.lost
		return nil, err
	}
	return one, nil
}

// Check implements [provider.Checker]: it binds as a transmitter, to which nothing is delivered, and takes leave. Where the login has no
// bind left for that, the SMSC's answer says so.
func (s *sender) Check(ctx context.Context) error {
	one, err := s.bind(ctx, pdu.BindTransmitter)
	if err != nil {
		return err
	}
	one.leave()
	return nil
}
