package xmpp

import (
	"context"
	"time"

	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// ping is the namespace of https://xmpp.org/extensions/xep-0199.html
const ping = "urn:xmpp:ping"

// fence is a ping of the component to itself. The server hands back what is addressed to the component, and takes stanzas in their
// order (https://www.rfc-editor.org/rfc/rfc6120#section-10.1): a fence that is back proves that the server has read all
// that was written before it.
type fence struct {
	id   string
	done chan struct{}
	late *time.Timer // ends a stream that does not hand it back
}

// sync waits until the server has read what was written before the call. Those who wait at the same time share fences: there
// is one on its way, and one after it.
func (s *stream) sync(ctx context.Context) error {
	f, first := s.join()
	if first {
		if err := s.throw(f); err != nil {
			return err
		}
	}
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.lost:
		select {
		case <-f.done: // it came before
			return nil
		default:
			return errLost
		}
	}
}

// join is the fence behind what was written so far, and whether the caller has to write it. The one that flies may have been written
// before.
func (s *stream) join() (f *fence, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		return s.next, false
	}
	f = &fence{id: s.number(), done: make(chan struct{})}
	if s.flying == nil {
		s.flying = f
		return f, true
	}
	s.next = f
	return f, false
}

// throw writes a fence.
func (s *stream) throw(f *fence) error {
	s.mu.Lock()
	f.late = time.AfterFunc(answerTimeout, func() { s.conn.Close() })
	s.mu.Unlock()
	e := stanza.New(stanza.Content, "iq", "type", "get", "from", s.own(), "to", s.own(), "id", f.id).With(stanza.New(ping, "ping"))
	return s.write(e.String())
}

// back is called when the fence that flies is back: the next one goes. The caller is who reads, and has the lock.
func (s *stream) back() {
	close(s.flying.done)
	if s.flying.late != nil {
		s.flying.late.Stop()
	}
	s.flying, s.next = s.next, nil
	if f := s.flying; f != nil {
		// who reads must not wait for who writes; what cannot be written is lost with the stream
		s.throwing.Go(func() { _ = s.throw(f) })
	}
}
