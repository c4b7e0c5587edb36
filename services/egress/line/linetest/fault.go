package linetest

import (
	"strings"
	"time"
)

// Fault is how one call fails. The zero value lets a message pass.
type Fault struct {
	// Call is what must be called: "reply", "push", "content", "info", "endpoint", "test"; "" for a reply or a push.
	Call string
	// User is whom a push must be for; "" for anybody.
	User string
	// Status answers with this error; nothing is done.
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

// fault takes the first fault that is meant for this call.
func (s *Server) fault(c Call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := c.Name[strings.LastIndex(c.Name, "/")+1:]
	for i, f := range s.faults {
		meant := f.Call == name || f.Call == "" && (name == "reply" || name == "push")
		if meant && (f.User == "" || strings.Contains(c.Body, f.User)) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Limit answers 429 to replies and pushes until the time has passed.
func (s *Server) Limit(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited = time.Now().Add(d)
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

// Revoke makes the access token one that LINE refuses, or takes again.
func (s *Server) Revoke(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = revoked
}

// Renew gives the account another access token; the old one is refused.
func (s *Server) Renew(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.revoked = token, false
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
