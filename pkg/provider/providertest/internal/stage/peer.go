package stage

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// Peer is the network's end of one connection, where a network has a protocol of its own: it turns what the connection carries into
// text, and back. It is used by one goroutine.
type Peer interface {
	// Read reads the next thing that the network's code says, such as a PDU, a stanza or a line, and shows it as people
	// can read it: that is a conversation's request. What only keeps the connection alive or takes leave, Read answers by
	// itself and shows nothing of. An error ends the connection.
	Read() (request string, err error)
	// Write says what a conversation's answer describes: nothing, one thing, or several. An error means that it cannot be
	// said.
	Write(answer string) error
}

// accept plays the network's ends of all connections to the peer.
func (s *Server) accept() {
	for {
		c, err := s.sockets.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[c] = true
		s.mu.Unlock()
		go s.speak(c)
	}
}

// speak plays the network's end of one connection.
func (s *Server) speak(c net.Conn) {
	defer c.Close()
	w := &wire{Conn: c}
	p := s.peer(w)
	for {
		said, err := p.Read()
		if err != nil {
			return
		}
		answer, ok := s.next(conversation.Mask(said, s.URL(), s.secrets))
		if !ok || !s.reply(w, p, strings.ReplaceAll(answer, "<server>", s.URL())) {
			return
		}
	}
}

// garbage is what a peer says that is of no protocol but HTTP: a proxy between that knows no other.
const garbage = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>400</html>\r\n"

// reply says an answer, or does what stands in its place; it says false where that ends the connection.
func (s *Server) reply(w *wire, p Peer, answer string) bool {
	order, rest, _ := strings.Cut(strings.TrimSpace(answer), "\n")
	var n int
	switch {
	case order == drop:
		return false
	case order == "hold":
		s.holding()
		_, _ = io.Copy(io.Discard, w)
		return false
	case order == "garbage":
		_, _ = io.WriteString(w.Conn, garbage)
		s.lastWord()
		return false
	case order == "cut":
		whole := s.bytes(w, p, rest)
		_, _ = w.Conn.Write(whole[:len(whole)/2])
		s.lastWord()
		return false
	case scan(order, "mangle %d", &n):
		_, _ = w.Conn.Write(mangled(s.bytes(w, p, rest), n))
		s.lastWord()
		return false
	default:
		return s.said(p.Write(answer))
	}
}

// breath is how long a network's end waits before it hangs up on what it has just said, by the time of a [Bubble].
const breath = time.Nanosecond

// lastWord lets the network's code take in what was said last before the connection ends: the time of a [Bubble] moves only
// when everything else waits. Without it chance would decide which of the two the code acts on.
func (s *Server) lastWord() {
	select {
	case <-time.After(breath):
	case <-s.running.Done():
	}
}

func scan(text, format string, n *int) bool {
	_, err := fmt.Sscanf(text, format, n)
	return err == nil
}

// said notes what cannot be said.
func (s *Server) said(err error) bool {
	if err == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaid = err
	return false
}

// Unsaid is why an answer of the act could not be said, nil where all were.
func (s *Server) Unsaid() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsaid
}

// bytes are those that an answer is said in.
func (s *Server) bytes(w *wire, p Peer, answer string) []byte {
	w.keep = &bytes.Buffer{}
	defer func() { w.keep = nil }()
	s.said(p.Write(answer))
	return w.keep.Bytes()
}

// mangled are bytes with something wrong, the same for the same n: broken off, or with a byte that is another.
func mangled(b []byte, n int) []byte {
	if len(b) == 0 {
		return nil
	}
	at := n / 3 * 101 % len(b) // a prime: another place each time
	switch n % 3 {
	case 0:
		return b[:at]
	case 1:
		b[at] ^= 1 << (n / 3 % 8)
	default:
		b[at] = 0xff
	}
	return b
}

// wire is a connection whose written bytes can be had in place of being sent.
type wire struct {
	net.Conn
	keep *bytes.Buffer // nil where they are sent
}

func (w *wire) Write(b []byte) (int, error) {
	if w.keep != nil {
		return w.keep.Write(b)
	}
	return w.Conn.Write(b)
}

// conns are open connections.
type conns map[net.Conn]bool

// closeAll closes them.
func (c conns) closeAll(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	for one := range c {
		one.Close()
	}
}

// OverHTTP says that an answer is one of HTTP, and not of a socket. Where it only says what happens in place of an answer,
// it is of the network's own way: sockets says that it has one.
func OverHTTP(answer string, sockets bool) bool {
	var n int
	order, _, _ := strings.Cut(strings.TrimSpace(answer), "\n")
	switch order {
	case drop, "cut", "hold":
		return !sockets
	}
	return len(order) == 3 && scan(order, "%d", &n)
}
