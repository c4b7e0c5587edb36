package whatsapptest

import (
	"net/http"
	"strings"
)

// Media is a file that contacts sent, to be had by its id.
type Media struct {
	Data []byte
	Type string
}

// AddMedia makes a file one that can be fetched. Its id is digits.
func (s *Server) AddMedia(id string, m Media) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media[id] = m
}

func (s *Server) file(id string) (Media, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.media[id]
	return m, ok
}

// download serves what a media's url names, to who has the token.
func (s *Server) download(w http.ResponseWriter, r *http.Request, id string) {
	m, ok := s.file(id)
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || !s.Admits(token):
		w.WriteHeader(http.StatusUnauthorized)
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", m.Type)
		_, _ = w.Write(m.Data)
	}
}
