package telegramtest

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// fault takes the first fault that is meant for a message to this chat.
func (s *Server) fault(method string, chat int64) standin.Fault {
	return s.TakeFault(func(f standin.Fault) bool {
		meant := f.Call == method || f.Call == "" && strings.HasPrefix(method, "send")
		return meant && (f.To == "" || f.To == fmt.Sprint(chat))
	})
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
