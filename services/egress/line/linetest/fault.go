package linetest

import (
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// fault takes the first fault that is meant for this call.
func (s *Server) fault(c Call) standin.Fault {
	name := c.Name[strings.LastIndex(c.Name, "/")+1:]
	return s.TakeFault(func(f standin.Fault) bool {
		meant := f.Call == name || f.Call == "" && (name == "reply" || name == "push")
		return meant && (f.To == "" || strings.Contains(c.Body, f.To))
	})
}

// UseUp makes the account one whose messages of this month are used up, or not any more. Replies are not counted.
func (s *Server) UseUp(used bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = used
}

// Block makes a user one who blocked the account, or unblocked it: what is sent to them is taken, and lost.
func (s *Server) Block(user string, blocked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[user] = blocked
}

// Forget makes a user one that LINE does not know for this account, or knows again.
func (s *Server) Forget(user string, forgotten bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown[user] = forgotten
}

// KeepTokens is how long a reply token is good, counted from its event; a minute where nobody says otherwise.
func (s *Server) KeepTokens(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.life = d
}

// Spend uses a reply token up, as somebody else does who is called with the same events.
func (s *Server) Spend(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[token]; t != nil {
		t.used = true
	}
}
