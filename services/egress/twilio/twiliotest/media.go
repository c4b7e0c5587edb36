package twiliotest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Media is a file that came in with a message.
type Media struct {
	Data []byte
	Type string
	// Name goes as Content-Disposition; "" for none.
	Name string
}

// AddMedia makes a file one that can be asked for, and returns its address as Twilio tells it: at api.twilio.com,
// wherever this server listens.
func (s *Server) AddMedia(m Media) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := fmt.Sprintf("/2010-04-01/Accounts/%s/Messages/%s/Media/%s", s.sid, s.newSid("MM"), s.newSid("ME"))
	s.media[path] = m
	return "https://api.twilio.com" + path
}

// DeleteMedia forgets a file.
func (s *Server) DeleteMedia(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.media, strings.TrimPrefix(address, "https://api.twilio.com"))
}

// RedirectMedia answers for media with a redirect to another host, as Twilio does, and returns that host's address. It
// is on loopback too, where nothing goes that is not allowed to (allow_addresses).
func (s *Server) RedirectMedia(redirect bool) (address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byCDN = redirect
	return s.cdn.http.URL
}

// Leaked are the Authorization headers that the other host was told: there should be none.
func (s *Server) Leaked() []string { return s.cdn.told() }

// download serves a file, and says with what status.
func (s *Server) download(w http.ResponseWriter, r *http.Request) int {
	s.mu.Lock()
	m, ok := s.media[r.URL.Path]
	authorized, redirect := s.authorized(r), s.byCDN
	s.mu.Unlock()
	a := failed(http.StatusNotFound, 20404, "The requested resource was not found")
	switch {
	case !authorized:
		a = failed(http.StatusUnauthorized, 20003, "Authenticate")
	case ok && redirect:
		http.Redirect(w, r, s.cdn.put(m), http.StatusTemporaryRedirect)
		return http.StatusTemporaryRedirect
	case ok:
		m.serve(w)
		return http.StatusOK
	}
	a.Write(w)
	return a.status
}

func (m Media) serve(w http.ResponseWriter) {
	w.Header().Set("Content-Type", m.Type)
	w.Header().Set("Content-Length", fmt.Sprint(len(m.Data)))
	if m.Name != "" {
		w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", m.Name))
	}
	_, _ = w.Write(m.Data)
}

// cdn is the other host.
type cdn struct {
	http *httptest.Server

	mu     sync.Mutex
	files  []Media
	leaked []string
}

func newCDN() *cdn {
	c := &cdn{}
	c.http = httptest.NewServer(http.HandlerFunc(c.serve))
	return c
}

func (c *cdn) put(m Media) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, m)
	return fmt.Sprintf("%s/%d", c.http.URL, len(c.files)-1)
}

func (c *cdn) told() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.leaked...)
}

func (c *cdn) serve(w http.ResponseWriter, r *http.Request) {
	var n int
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := r.Header.Get("Authorization"); a != "" {
		c.leaked = append(c.leaked, a)
	}
	if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil || n < 0 || n >= len(c.files) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	c.files[n].serve(w)
}
