package smpp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Times of a session.
const (
	// answerTimeout bounds the answer to a bind, and to the question whether the SMSC is there.
	answerTimeout = 10 * time.Second
	// asksEvery is how often it is asked, by enquire_link.
	asksEvery = 30 * time.Second
	// drainFor is how long what is unanswered is waited for before taking leave, leaveFor how long the leave is.
	drainFor, leaveFor = 3 * time.Second, time.Second
)

// session is one connection to the SMSC. It is safe for concurrent use.
type session struct {
	conn net.Conn
	// window has a place for each message that may be unanswered.
	window chan struct{}
	// delivered gets each deliver_sm; it is closed when the session is lost.
	delivered chan pdu.PDU
	lost      chan struct{}
	deaf      chan struct{} // closed when nobody takes what is delivered any more
	sequence  atomic.Uint32

	mu      sync.Mutex
	waiting map[uint32]chan<- pdu.PDU
	leaving bool
	idle    chan struct{} // closed when nothing is unanswered, while leaving
	err     error

	writing chan struct{} // has a place for who writes
}

// newSession begins a session on a connection; run reads it.
func newSession(conn net.Conn, window int) *session {
	return &session{
		conn: conn, window: make(chan struct{}, window), delivered: make(chan pdu.PDU, 64), lost: make(chan struct{}), deaf: make(chan struct{}),
		waiting: map[uint32]chan<- pdu.PDU{}, idle: make(chan struct{}), writing: make(chan struct{}, 1),
	}
}

// run reads until the session is lost. What is delivered and not taken makes the SMSC wait.
func (s *session) run() {
	err := s.read()
	s.conn.Close()
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	close(s.lost)
	close(s.delivered)
}

func (s *session) read() error {
	r := bufio.NewReader(s.conn)
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(asksEvery + answerTimeout)); err != nil {
			return err
		}
		p, err := pdu.Read(r)
		if err != nil {
			return err
		}
		switch {
		case p.Command.IsResponse():
			s.answered(p)
		case p.Command == pdu.DeliverSM:
			select {
			case s.delivered <- p:
			case <-s.deaf: // it is not answered, and comes again
			}
		case p.Command == pdu.EnquireLink:
			err = s.answer(p, pdu.OK, nil)
		case p.Command == pdu.Unbind:
			_ = s.answer(p, pdu.OK, nil)
			return errors.New("the SMSC took leave")
		default:
			err = s.reply(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommand, Sequence: p.Sequence})
		}
		if err != nil {
			return err
		}
	}
}

// answered hands an answer to who waits for it.
func (s *session) answered(p pdu.PDU) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.waiting[p.Sequence]; c != nil {
		c <- p // it has room for one
		delete(s.waiting, p.Sequence)
	}
}

// ask makes a request and waits for its answer. [errNotSaid] means that nothing of it was written.
func (s *session) ask(ctx context.Context, command pdu.Command, body []byte) (pdu.PDU, error) {
	answer := make(chan pdu.PDU, 1)
	p := pdu.PDU{Command: command, Sequence: s.next(), Body: body}
	s.mu.Lock()
	if s.leaving && command == pdu.SubmitSM {
		s.mu.Unlock()
		return pdu.PDU{}, errNotSaid
	}
	s.waiting[p.Sequence] = answer
	s.mu.Unlock()
	defer s.forget(p.Sequence)
	if err := s.write(ctx, p); err != nil {
		return pdu.PDU{}, err
	}
	select {
	case got := <-answer:
		return got, nil
	case <-ctx.Done():
		return pdu.PDU{}, ctx.Err()
	case <-s.lost:
		select {
		case got := <-answer: // it came before
			return got, nil
		default:
			return pdu.PDU{}, errLost
		}
	}
}

// next is a number for a request: 1 to 0x7fffffff (3.2).
func (s *session) next() uint32 {
	for {
		if n := s.sequence.Add(1) & 0x7fffffff; n != 0 {
			return n
		}
	}
}

// forget waits for an answer no more.
func (s *session) forget(sequence uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, sequence)
	if s.leaving && len(s.waiting) == 0 {
		s.settled()
	}
}

// settled tells that nothing is unanswered. The caller has the lock.
func (s *session) settled() {
	select {
	case <-s.idle:
	default:
		close(s.idle)
	}
}

// write writes one PDU when it is its turn, for which it waits until the context ends: each before it may take as long as the
// connection gives a write. A connection on which one broke off is of no use any more.
func (s *session) write(ctx context.Context, p pdu.PDU) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-s.lost:
		return errNotSaid
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", errNotSaid, ctx.Err())
	}
	select {
	case <-s.lost:
		return errNotSaid
	default:
	}
	n, err := s.conn.Write(p.Bytes())
	if err == nil {
		return nil
	}
	s.conn.Close()
	if n == 0 {
		return errNotSaid
	}
	return errLost
}

// answer answers a request of the SMSC's.
func (s *session) answer(p pdu.PDU, status pdu.Status, body []byte) error {
	return s.reply(pdu.PDU{Command: p.Command.Response(), Status: status, Sequence: p.Sequence, Body: body})
}

// reply writes what is no request. An SMSC that reads too slowly for that is left: nothing more is read of it meanwhile.
func (s *session) reply(p pdu.PDU) error {
	ctx, cancel := context.WithTimeout(context.Background(), httpclient.WriteTimeout)
	defer cancel()
	err := s.write(ctx, p)
	if err != nil {
		s.conn.Close()
	}
	return err
}

// enquire asks whether the SMSC is there, and ends the session where it does not answer.
func (s *session) enquire(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if _, err := s.ask(ctx, pdu.EnquireLink, nil); errors.Is(err, context.DeadlineExceeded) {
		s.conn.Close()
	}
}

// leave ends the session, once: nothing more is submitted, what is unanswered is waited for, then the SMSC is told. Nothing of the
// session runs any more when it returns.
func (s *session) leave() {
	close(s.deaf)
	defer func() { <-s.lost }()
	s.mu.Lock()
	s.leaving = true
	if len(s.waiting) == 0 {
		s.settled()
	}
	s.mu.Unlock()
	select {
	case <-s.idle:
	case <-s.lost:
	case <-time.After(drainFor):
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveFor)
	defer cancel()
	_ = s.conn.SetWriteDeadline(time.Now().Add(leaveFor))
	_, _ = s.ask(ctx, pdu.Unbind, nil)
	s.conn.Close()
}

// why is why the session was lost, in few words: what was read is not in it.
func (s *session) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.err, io.EOF) {
		return errors.New("the SMSC hung up")
	}
	return s.err
}
