package xmpp

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// Times of a stream.
const (
	// answerTimeout bounds the answers while a stream is opened, and to the question whether the server is there.
	answerTimeout = 10 * time.Second
	// asksEvery is how often it is asked.
	asksEvery = 30 * time.Second
	// drainFor is how long what is not confirmed is waited for before taking leave, leaveFor how long the leave is.
	drainFor, leaveFor = 3 * time.Second, 2 * time.Second
)

// stream is one connection of the component. It is safe for concurrent use.
type stream struct {
	account Account
	conn    net.Conn
	in      *stanza.Reader // of the goroutine that runs it
	// heard gets each message that is to be stored; it is closed when the stream is lost.
	heard chan *stanza.Element
	lost  chan struct{}

	mu      sync.Mutex
	waiting map[string]chan<- *stanza.Element // by the id of a stanza of ours
	asked   uint64                            // questions so far
	flying  *fence                            // the fence that was written last
	next    *fence                            // the one after it
	leaving bool
	idle    chan struct{} // closed when no message of ours waits, while leaving
	err     error

	// writing has a place for who writes.
	writing chan struct{}
	ended   bool // the footer is written

	throwing sync.WaitGroup // who writes fences for others
}

func newStream(a Account, conn net.Conn) *stream {
	return &stream{
		account: a, conn: conn, in: stanza.NewReader(conn), heard: make(chan *stanza.Element, 64), lost: make(chan struct{}),
		waiting: map[string]chan<- *stanza.Element{}, idle: make(chan struct{}),
		writing: make(chan struct{}, 1),
	}
}

// run reads until the stream is lost. What is heard and not taken makes the server wait.
func (s *stream) run() {
	err := s.read()
	s.conn.Close()
	s.throwing.Wait()
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
	close(s.lost)
	close(s.heard)
}

func (s *stream) read() error {
	for {
		if err := s.conn.SetReadDeadline(time.Now().Add(asksEvery + 2*answerTimeout)); err != nil {
			return err
		}
		e, err := s.in.Next()
		if err != nil {
			return err
		}
		switch {
		case e.Space == stanza.Streams:
			return judgeStream(e)
		case s.answered(e):
		case matters(e) && bare(e.Attr("to")) == s.account.Address:
			s.heard <- e
		default:
			for _, answer := range s.account.answer(e) {
				if err := s.write(answer.String()); err != nil {
					return err
				}
			}
		}
	}
}

// answered hands a stanza to who waits for it, and says whether it was an answer to anything of ours.
func (s *stream) answered(e *stanza.Element) bool {
	id, kind := e.Attr("id"), e.Attr("type")
	if e.Space != stanza.Content || id == "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.Name == "iq" && s.flying != nil && s.flying.id == id && (kind != "get" || e.Attr("from") == s.own()) {
		s.back()
		return true
	}
	if e.Name == "iq" && kind != "result" && kind != "error" || e.Name != "iq" && kind != "error" {
		return false
	}
	c := s.waiting[id]
	if c == nil {
		return e.Name == "iq"
	}
	select {
	case c <- e:
	default: // one tells enough
	}
	return true
}

// own is the component's domain.
func (s *stream) own() string { return domainOf(s.account.Address) }

// expect waits for an answer to a stanza of this id: the answer of an iq, the refusal of a message.
func (s *stream) expect(id string) (answer <-chan *stanza.Element, forget func()) {
	c := make(chan *stanza.Element, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting[id] = c
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiting, id)
		s.settle()
	}
}

// settle tells that nothing of ours waits, while leaving. The caller has the lock.
func (s *stream) settle() {
	if s.leaving && len(s.waiting) == 0 {
		select {
		case <-s.idle:
		default:
			close(s.idle)
		}
	}
}

// leave begins to take leave: nothing more is sent. The channel that it returns closes when nothing of ours waits.
func (s *stream) leave() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaving = true
	s.settle()
	return s.idle
}

// question is an id for a question.
func (s *stream) question() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number()
}

// number is the next. The caller has the lock.
func (s *stream) number() string {
	s.asked++
	return "puente-" + strconv.FormatUint(s.asked, 10)
}

// write writes a text, whole. A connection on which one broke off is of no use any more.
func (s *stream) write(text string) error {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	select {
	case <-s.lost:
		return errNotSaid
	default:
	}
	if s.ended {
		return errNotSaid
	}
	s.ended = text == stanza.Footer
	n, err := io.Copy(s.conn, strings.NewReader(text))
	if err == nil {
		return nil
	}
	s.conn.Close()
	if n == 0 {
		return errNotSaid
	}
	return errLost
}

// ask makes an iq to somebody, and waits for its answer.
func (s *stream) ask(ctx context.Context, to string, about *stanza.Element) (*stanza.Element, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	id := s.question()
	answer, forget := s.expect(id)
	defer forget()
	e := stanza.New(stanza.Content, "iq", "type", "get", "from", s.account.Address, "to", to, "id", id).With(about)
	if err := s.write(e.String()); err != nil {
		return nil, err
	}
	select {
	case got := <-answer:
		return got, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.lost:
		return nil, errLost
	}
}

// why is why the stream was lost, as the error of a Listen.
func (s *stream) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, judged := errors.AsType[*outcome.Failure](s.err); judged {
		return s.err
	}
	if errors.Is(s.err, io.EOF) {
		return outcome.Temporary(lostStream, errors.New("the server hung up"))
	}
	return outcome.Temporary(lostStream, s.err)
}
