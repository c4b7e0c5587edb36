package telegramtest

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// Fault is how one message, or another call, fails. The zero value lets it pass.
type Fault struct {
	// Method is what must be called; "" for any that sends.
	Method string
	// Chat is whom the message must be for; 0 for anybody.
	Chat int64
	// Status answers with an error of 500 and above; nothing is accepted.
	Status int
	// DropBefore closes the connection without an answer; nothing is accepted.
	DropBefore bool
	// DropAfter does what is asked for and closes the connection without an answer.
	DropAfter bool
	// Slow waits before anything else.
	Slow time.Duration
}

// Fail makes the next messages fail, each in its way. A fault waits until a message of its chat comes.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// fault takes the first fault that is meant for a message to this chat.
func (s *Server) fault(method string, chat int64) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		meant := f.Method == method || f.Method == "" && strings.HasPrefix(method, "send")
		if meant && (f.Chat == 0 || f.Chat == chat) {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			return f
		}
	}
	return Fault{}
}

// Flood answers 429 to a chat's messages until the time has passed, with what is left of it as retry_after.
func (s *Server) Flood(chat int64, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flooded[chat] = time.Now().Add(d)
}

// Block makes a contact one that blocked the bot, or unblocked it again.
func (s *Server) Block(chat int64, blocked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked[chat] = blocked
}

// Forget makes a contact one that has never started the bot, or has started it again.
func (s *Server) Forget(chat int64, forgotten bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown[chat] = forgotten
}

// Revoke makes the token one that Telegram refuses, or takes again.
func (s *Server) Revoke(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = revoked
}

// Renew gives the bot another token, as BotFather does; the old one is refused.
func (s *Server) Renew(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.revoked = token, false
}

// FetchURLs makes the server fetch the files that messages name by URL, wherever they are. Without it nothing is fetched,
// and addresses inside count as out of reach, as they are for Telegram.
func (s *Server) FetchURLs(fetch bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetchURLs = fetch
}

func tooMany(wait time.Duration) answer {
	seconds := int(math.Ceil(wait.Seconds()))
	a := failed(http.StatusTooManyRequests, fmt.Sprintf("Too Many Requests: retry after %d", seconds))
	a.Parameters = &parameters{RetryAfter: seconds}
	return a
}
