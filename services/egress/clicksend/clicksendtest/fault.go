package clicksendtest

import "time"

// Fault is how one call fails. The zero value lets a message pass.
type Fault struct {
	// Operation is what must be called, as the description has it: "POST /v3/sms/send"; "" for a message.
	Operation string
	// Status answers with an error of 500 and above; nothing is done.
	Status int
	// DropBefore closes the connection without an answer; nothing is done.
	DropBefore bool
	// DropAfter does what is asked for and closes the connection without an answer.
	DropAfter bool
	// Slow waits before anything else.
	Slow time.Duration
}

// Fail makes the next calls fail, each in its way. A fault waits until its operation is called.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault takes the first fault that is meant for an operation.
func (s *Server) fault(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Operation == operation || f.Operation == "" && operation == "POST /v3/sms/send" {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Flood answers 429 to everything until the time has passed, with what is left of it as Retry-After.
func (s *Server) Flood(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flooded = time.Now().Add(d)
}

// Refuse makes messages to a number have a status of ClickSend's other than SUCCESS; "" takes them again.
func (s *Server) Refuse(to, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses[to] = status
}

// Throttle refuses the same words to the same number for a while, as ClickSend does; 0 takes them at once.
func (s *Server) Throttle(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guard = d
}

// Renew gives the user another key; the old one is refused.
func (s *Server) Renew(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
}

// Parts is how many parts the account lets a message have; 6 at first.
func (s *Server) Parts(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = n
}
