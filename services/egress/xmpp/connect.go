package xmpp

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// connect opens a stream: https://xmpp.org/extensions/xep-0114.html#proto. Its error is one of a Listen, a send and a check.
func (s *sender) connect(ctx context.Context) (*stream, error) {
	host, tls, err := s.account.server()
	if err != nil {
		return nil, outcome.Reject(domainUnknown.With("code", "-"), err)
	}
	conn, err := s.client.Dial(ctx, httpclient.Address{Host: host, TLS: tls})
	if err != nil {
		return nil, err
	}
	one := newStream(s.account, conn)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err = one.handshake(s.account.Secret.Reveal())
	if !stop() && err == nil {
		err = outcome.Temporary(noAnswer, ctx.Err())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	go one.run()
	return one, nil
}

// handshake proves the secret. Nothing is answered to a stream that ends meanwhile: it is tried again.
func (s *stream) handshake(secret string) error {
	if err := s.conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		return outcome.Temporary(lostStream, err)
	}
	if err := s.write(stanza.Header(s.own())); err != nil {
		return outcome.Temporary(lostStream, err)
	}
	open, err := s.in.Open()
	if err != nil {
		return outcome.Temporary(noAnswer, err)
	}
	id := open.Attr("id")
	if id != "" { // without one only an error follows
		sum := sha1.Sum([]byte(id + secret))
		if err := s.write(stanza.New(stanza.Content, "handshake").Saying(hex.EncodeToString(sum[:])).String()); err != nil {
			return outcome.Temporary(lostStream, err)
		}
	}
	e, err := s.in.Next()
	switch {
	case err != nil:
		return outcome.Temporary(noAnswer, err)
	case e.Space == stanza.Streams:
		return judgeStream(e)
	case id == "", e.Space != stanza.Content, e.Name != "handshake":
		return outcome.Temporary(strangeAnswer, errors.New("the answer to the handshake is of another kind"))
	default:
		return nil
	}
}

// Check implements [provider.Checker]: it connects, and takes leave. A component that is connected elsewhere is refused after its
// secret was taken. What is delivered meanwhile is handed back to who wrote it.
func (s *sender) Check(ctx context.Context) error {
	if s.connected() {
		return nil
	}
	one, err := s.connect(ctx)
	if errors.Is(err, errElsewhere) {
		return nil
	}
	if err != nil {
		return err
	}
	one.refuse()
	return nil
}
