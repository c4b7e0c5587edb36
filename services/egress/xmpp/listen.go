package xmpp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Listens implements [provider.Listener]: every account is listened to.
func (s *sender) Listens() bool { return true }

// Listen implements [provider.Listener]. It holds the stream, which messages go over as well. There is no cursor: nothing can be
// asked for again.
func (s *sender) Listen(ctx context.Context, _ string, store provider.Store) error {
	s.become(nil, true, nil)
	one, err := s.connect(ctx)
	if err != nil {
		if ctx.Err() != nil {
			s.become(nil, false, nil)
			return nil
		}
		s.become(nil, false, err)
		return err
	}
	s.become(one, false, nil)
	e := &ear{stream: one, store: store, name: strconv.FormatInt(time.Now().UnixNano(), 36)}
	err = e.listen(ctx)
	s.become(nil, false, nil) // nothing more is sent over it
	if err != nil {
		one.refuse()
		return err
	}
	return e.end(context.WithoutCancel(ctx))
}

// ear hears from one stream.
type ear struct {
	*stream
	store provider.Store
	name  string // of the stream: what has no id is called by it
	count uint64
}

// listen takes what is heard until the context ends, the stream is lost, or something cannot be stored: that is its error. What was
// read before the stream was lost is stored too.
func (e *ear) listen(ctx context.Context) error {
	alive, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() { defer close(watched); e.stayAlive(alive) }()
	defer func() { stop(); <-watched }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-e.heard:
			if !ok {
				return e.why()
			}
			if err := e.take(ctx, m); err != nil {
				return err
			}
		}
	}
}

// stayAlive asks the server now and then whether it is there. One that does not answer is hung up on by the fence.
func (s *stream) stayAlive(ctx context.Context) {
	tick := time.NewTicker(asksEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.lost:
			return
		case <-tick.C:
			_ = s.sync(ctx)
		}
	}
}

// take stores one message, and sends the receipt that it asks for. What cannot be stored goes back to who wrote it.
func (e *ear) take(ctx context.Context, m *stanza.Element) error {
	e.count++
	if err := e.store(ctx, "", heardOf(m, e.name+"-"+strconv.FormatUint(e.count, 10)).call()); err != nil {
		e.bounce(m)
		return err
	}
	if answer := receiptFor(m); answer != nil {
		_ = e.write(answer.String()) // without a stream there is no receipt
	}
	return nil
}

// end takes leave: what was sent is waited for, then the stream is closed, and what the server still says is stored.
func (e *ear) end(ctx context.Context) error {
	idle, patience := e.leave(), time.After(drainFor)
	closing := false
	for {
		select {
		case m, ok := <-e.heard:
			if !ok {
				return nil
			}
			if err := e.take(ctx, m); err != nil {
				e.refuse()
				return err
			}
			continue
		case <-idle:
		case <-patience:
		}
		if closing {
			e.conn.Close()
			idle, patience = nil, nil
			continue
		}
		closing = true
		idle, patience = nil, time.After(leaveFor)
		e.finish()
	}
}

// finish writes the stream's end.
func (s *stream) finish() {
	_ = s.conn.SetWriteDeadline(time.Now().Add(leaveFor))
	_ = s.write(stanza.Footer)
}

// refuse ends a stream on which nothing can be stored: all that was delivered goes back to who wrote it, as far as it can.
func (s *stream) refuse() {
	patience := time.After(leaveFor)
	for waiting := true; waiting; {
		select {
		case m, ok := <-s.heard:
			if !ok {
				return
			}
			s.bounce(m)
		default:
			waiting = false
		}
	}
	s.finish()
	for {
		select {
		case _, ok := <-s.heard:
			if !ok {
				return
			}
		case <-patience:
			s.conn.Close()
			patience = nil
		}
	}
}

// bounce hands a message back to who wrote it, as one to be sent again later: https://www.rfc-editor.org/rfc/rfc6120#section-8.3
func (s *stream) bounce(m *stanza.Element) {
	if isError(m) || m.Attr("type") == "groupchat" {
		return
	}
	_ = s.write(errorFor(m, "wait", "internal-server-error").String())
}

// heard is a message as it is stored: what Receive reads.
type heard struct {
	Key    string `json:"key"`
	Stanza string `json:"stanza"`
}

func (h heard) call() provider.Heard {
	body, err := json.Marshal(h)
	if err != nil {
		body = nil // two strings: it cannot fail
	}
	return provider.Heard{Key: h.Key, Body: body}
}

// heardOf names a message: by who wrote it, its id and what it says, since some apps count ids anew with each stream
// (https://www.rfc-editor.org/rfc/rfc6120#section-8.1.3). One without an id is called as the caller says.
func heardOf(m *stanza.Element, otherwise string) heard {
	h := heard{Key: otherwise, Stanza: m.String()}
	if m.Attr("id") != "" {
		sum := sha256.Sum256([]byte(h.Stanza))
		h.Key = base64.RawURLEncoding.EncodeToString(sum[:18])
	}
	return h
}
