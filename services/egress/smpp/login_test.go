package smpp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// login is a sender whose SMSC is a function that is given each PDU, in a bubble.
type login struct {
	sender provider.Sender
	client *httpclient.Client
	mu     sync.Mutex
	seen   []pdu.PDU
	conns  []net.Conn
}

// at opens a login. smsc answers a PDU through say; nil answers all.
func at(t *testing.T, account string, smsc func(p pdu.PDU, say func(pdu.PDU)) bool) *login {
	t.Helper()
	l := dial(t, smsc)
	bound, err := smpp.Network.Bind(json.RawMessage(`{"url": "smpp://127.0.0.1:2775", "system_id": "acme", "password": "s3cret", "source": "62626"` + account + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if l.sender, err = bound.Open(provider.Host{Client: l.client}); err != nil {
		t.Fatal(err)
	}
	return l
}

// dial is a login without a channel.
func dial(t *testing.T, smsc func(p pdu.PDU, say func(pdu.PDU)) bool) *login {
	l := &login{client: httpclient.New(httpclient.Options{})}
	t.Cleanup(l.client.Close)
	l.client.DialThrough(func(func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			l.mu.Lock()
			l.conns = append(l.conns, theirs)
			l.mu.Unlock()
			go l.serve(theirs, smsc)
			return ours, nil
		}
	})
	return l
}

func (l *login) serve(c net.Conn, smsc func(pdu.PDU, func(pdu.PDU)) bool) {
	defer c.Close()
	var writing sync.Mutex
	say := func(p pdu.PDU) {
		writing.Lock()
		defer writing.Unlock()
		_, _ = c.Write(p.Bytes())
	}
	for {
		p, err := pdu.Read(c)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.seen = append(l.seen, p)
		l.mu.Unlock()
		if smsc == nil || !smsc(p, say) {
			if !p.Command.IsResponse() {
				say(pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: fmt.Sprint(p.Sequence)}.Bytes()})
			}
		}
	}
}

// commands are those that the SMSC was sent.
func (l *login) commands() (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.seen {
		all = append(all, p.Command.String())
	}
	return all
}

func (l *login) send(ctx context.Context, id, text string) (provider.Sent, error) {
	return l.sender.Send(ctx, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: "+34600111222"}, Content: content.Text(text)})
}

// listen listens until it is told to end; the error is that of Listen.
func (l *login) listen(t *testing.T, store provider.Store) (end func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.sender.(provider.Listener).Listen(ctx, "", store) }()
	synctest.Wait()
	return func() error { stop(); return <-done }
}

func discard(context.Context, string, ...provider.Heard) error { return nil }

func class(err error) result.Class {
	if f := outcome.Classify(err); f != nil {
		return f.Class
	}
	return 0
}
