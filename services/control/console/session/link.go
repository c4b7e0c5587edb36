package session

import (
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/recent"
	"github.com/bonychat/puente/services/control/auth"
)

// linkLasts is how long a link to sign in is good: until somebody has pasted it. What was used is remembered for longer.
const linkLasts = 5 * time.Minute

// EnterPath is where links to sign in lead.
const EnterPath = Path + "enter"

// Link is an address that signs in, once and within five minutes, whoever opens it, as the token of this name. base is that of
// the internal port: "http://127.0.0.1:8081".
func Link(base, name, token string) string {
	seal := sealed("link", auth.SigningKey(token), name, time.Now().Add(linkLasts))
	return base + EnterPath + "?" + url.Values{"link": {seal}}.Encode()
}

// ErrLink means that a link is none, was used, or is over.
var ErrLink = errors.New("the link was used, or is too old")

// Enter signs in whoever opened a link.
func (s *Sessions) Enter(w http.ResponseWriter, r *http.Request) error {
	link := r.FormValue("link")
	c, ok := s.open("link", link)
	if !ok || !s.used.first(link) {
		return ErrLink
	}
	return s.begin(w, r, c.Name)
}

// spent are the links that were used, so that none is good twice in a process.
type spent struct {
	mu   sync.Mutex
	seen recent.Map[string, bool]
}

// first says that a link was not used before, and takes note of it.
func (s *spent) first(link string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.seen.Of(link, func() *bool { return new(bool) })
	first := !*used
	*used = true
	return first
}
