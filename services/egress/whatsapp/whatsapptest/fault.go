package whatsapptest

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Fault is how one call fails. The zero value lets it pass.
type Fault struct {
	// To is whom the message must be for; "" for anybody.
	To string
	// Code answers with this error of the Cloud API; nothing is taken.
	Code int
	// Status answers with a server's own page; nothing is taken.
	Status int
	// RetryAfter goes with Code and Status.
	RetryAfter time.Duration
	// DropBefore closes the connection without an answer; nothing is taken.
	DropBefore bool
	// DropAfter does what is asked for, tells its receipts, and closes the connection without an answer.
	DropAfter bool
	// Slow waits before anything else.
	Slow time.Duration
}

func (f Fault) answer() (a answer) {
	switch {
	case f.Code != 0:
		a = failed(statusOf(f.Code), f.Code, 0, "as the test wants it")
	case f.Status != 0:
		a = answer{status: f.Status, body: http.StatusText(f.Status)}
	default:
		return a
	}
	if f.RetryAfter > 0 {
		a.header = map[string]string{"Retry-After": fmt.Sprint(int(f.RetryAfter.Seconds()))}
	}
	return a
}

// Fail makes the next messages fail, each in its way. A fault waits until a message for whom it is meant comes.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault takes the first fault that is meant for this call.
func (s *Server) fault(c Call) Fault {
	if !strings.HasSuffix(c.Path, "/messages") {
		return Fault{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.To == "" || strings.Contains(c.Body, `"`+f.To+`"`) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Refuse answers every message to a number or user id with this error, 0 for none any more.
func (s *Server) Refuse(to string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[to] = code
}

// Renew gives the number another access token; the old one is refused.
func (s *Server) Renew(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

// Spell makes WhatsApp know a number ("+525512345678") by another spelling ("5215512345678").
func (s *Server) Spell(number, waID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spelt[number] = waID
}
