package twiliotest

import (
	"context"
	"time"
)

// Fault is how one message fails. The zero value lets it pass.
type Fault struct {
	// Contact is whom the message must be for; "" for any call.
	Contact string
	// Status answers with an error of 500 and above; nothing is accepted.
	Status int
	// DropBefore closes the connection without an answer; nothing is accepted.
	DropBefore bool
	// DropAfter accepts the message and closes the connection without an answer.
	DropAfter bool
	// Early is a status that is told before the answer, such as "sent"; "" for none.
	Early string
	// Slow waits before anything else.
	Slow time.Duration
}

func (f Fault) wait(ctx context.Context) {
	if f.Slow == 0 {
		return
	}
	select {
	case <-time.After(f.Slow):
	case <-ctx.Done():
	}
}

// Fail makes the next calls fail, each in its way. A fault waits until a message of its contact comes.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault takes the first fault that is meant for a call about this contact.
func (s *Server) fault(contact string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Contact == "" || f.Contact == contact {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Limit answers every call with 20429 until the time has passed, with what is left of it as Retry-After.
func (s *Server) Limit(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited = time.Now().Add(d)
}

// Fill answers every message with 21611, a full queue, until the time has passed. It says no time.
func (s *Server) Fill(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.full = time.Now().Add(d)
}

// OptOut makes a contact one that wrote STOP, or START again.
func (s *Server) OptOut(contact string, out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.optedOut[contact] = out
}

// Revoke makes the auth token one that Twilio refuses, or takes again.
func (s *Server) Revoke(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = revoked
}

// Renew gives the account another auth token; the old one is refused, and signs no more.
func (s *Server) Renew(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.revoked = token, false
}
