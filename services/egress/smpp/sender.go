package smpp

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// sender is one login. Whoever listens makes the link, and sends go over it.
type sender struct {
	account Account
	client  *httpclient.Client
	parts   progress

	mu      sync.Mutex
	link    *link
	joining bool          // a link is being made
	failed  error         // why the last could not be made
	changed chan struct{} // closed with the next change of these
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{account: a, client: h.Client, changed: make(chan struct{})}, nil
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

// become tells who sends how the channel is connected.
func (s *sender) become(l *link, joining bool, failed error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link, s.joining, s.failed = l, joining, failed
	close(s.changed)
	s.changed = make(chan struct{})
}

// session is that which messages go over. One that is being made is waited for; without one it is the error of a send.
func (s *sender) session(ctx context.Context) (*session, error) {
	for {
		s.mu.Lock()
		l, joining, failed, changed := s.link, s.joining, s.failed, s.changed
		s.mu.Unlock()
		switch {
		case l != nil:
			return l.tx, nil
		case !joining && failed != nil:
			return nil, failed
		case !joining:
			// the channel comes here from another process, or the link has just been lost
			return nil, outcome.WaitBecause(time.Second, outcome.Channel, notBound, errors.New("not bound"))
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, outcome.Temporary(notBound, ctx.Err())
		}
	}
}

// connect makes a link by the account's mode.
func (s *sender) connect(ctx context.Context) (*link, error) {
	if s.account.Mode != pair {
		one, err := s.bind(ctx, pdu.BindTransceiver)
		return &link{one, one}, err
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
