package bustest

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Line is a connection to a broker that can be held up and cut, for one process of a test.
type Line struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	open  map[net.Conn]bool // true for the broker's end
	flows chan struct{}     // closed while bytes flow
	ended sync.WaitGroup
}

// Line makes a line to the broker; it ends with the test.
func (s *Server) Line(t testing.TB) *Line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{listener: listener, target: strings.TrimPrefix(s.URL(), "nats://"), open: map[net.Conn]bool{}, flows: make(chan struct{})}
	close(l.flows)
	l.ended.Go(l.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		l.Resume()
		l.Cut()
		l.ended.Wait()
	})
	return l
}

// URL is where the process connects.
func (l *Line) URL() string { return "nats://" + l.listener.Addr().String() }

// Hold lets no byte through until [Line.Resume]: the two ends do not notice, except by silence.
func (l *Line) Hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.flows:
		l.flows = make(chan struct{})
	default: // held already
	}
}

// Resume ends [Line.Hold].
func (l *Line) Resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.flows:
	default:
		close(l.flows)
	}
}

// Cut breaks the connections there are; new ones go through.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
	}
}

// Say writes something to the processes as if the broker had said it, and breaks the connections. Nothing else is to be
// under way.
func (l *Line) Say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c, far := range l.open {
		if !far {
			_, _ = io.WriteString(c, text)
		}
		_ = c.Close()
	}
}

func (l *Line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.DialTimeout("tcp", l.target, time.Second)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.mu.Lock()
		l.open[near], l.open[far] = false, true
		l.mu.Unlock()
		l.ended.Go(func() { l.carry(near, far) })
		l.ended.Go(func() { l.carry(far, near) })
	}
}

// carry copies one way, while bytes flow.
func (l *Line) carry(from, to net.Conn) {
	defer func() {
		_, _ = from.Close(), to.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, from)
		delete(l.open, to)
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		flows := l.flows
		l.mu.Unlock()
		<-flows
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err == io.EOF || err != nil {
			return
		}
	}
}
