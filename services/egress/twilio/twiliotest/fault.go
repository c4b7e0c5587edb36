package twiliotest

import (
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// fault takes the first fault that is meant for a call about this contact.
func (s *Server) fault(contact string) standin.Fault {
	return s.TakeFault(func(f standin.Fault) bool { return f.To == "" || f.To == contact })
}

// Early makes the next message to a contact tell a status, such as "sent", before it is answered.
func (s *Server) Early(contact, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.early[contact] = status
}

// Fill answers every message with 21611, a full queue, until the time has passed. It says no time.
func (s *Server) Fill(d time.Duration) { s.full.Limit(d) }

// OptOut makes a contact one that wrote STOP, or START again.
func (s *Server) OptOut(contact string, out bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.optedOut[contact] = out
}
