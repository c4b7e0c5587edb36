package clicksendtest

import (
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// fault takes the first fault that is meant for an operation.
func (s *Server) fault(operation string) standin.Fault {
	return s.TakeFault(func(f standin.Fault) bool {
		return f.Call == operation || f.Call == "" && operation == "POST /v3/sms/send"
	})
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

// Parts is how many parts the account lets a message have; 6 at first.
func (s *Server) Parts(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = n
}
