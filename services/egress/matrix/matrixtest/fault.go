package matrixtest

import (
	"net/http"
	"strings"
	"time"
)

// Fault is how one call fails. The zero value lets it pass.
type Fault struct {
	// Path is what the call's path must hold; "" for one that sends a message.
	Path string
	// Status answers with an error of 500 and above; nothing is done.
	Status int
	// DropBefore closes the connection without an answer; nothing is done.
	DropBefore bool
	// DropAfter does what is asked for and closes the connection without an answer.
	DropAfter bool
	// Slow waits before anything else.
	Slow time.Duration
}

// Fail makes the next calls fail, each in its way. A fault waits until a call comes that it is meant for.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

func (s *Server) fault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		path := f.Path
		if path == "" {
			path = "/send/"
		}
		if strings.Contains(r.URL.Path, path) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Limit answers 429 to messages until the time has passed, with what is left of it as retry_after_ms.
func (s *Server) Limit(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited = time.Now().Add(d)
}

// Revoke makes the as_token one that the homeserver does not know, or knows again.
func (s *Server) Revoke(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = revoked
}
