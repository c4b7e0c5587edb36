package linetest

import "net/http"

// Content is a file that a user sent, to be had by the id of its message.
type Content struct {
	Data      []byte
	MediaType string
	// Preparing is how often it is asked for in vain, as LINE answers while it makes a film or a recording ready.
	Preparing int
}

// AddContent makes a file one that can be had.
func (s *Server) AddContent(message string, c Content) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content[message] = c
}

func (s *Server) download(message string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.content[message]
	switch {
	case !ok:
		return refuse(http.StatusNotFound, "Not found")
	case c.Preparing > 0:
		c.Preparing--
		s.content[message] = c
		return answer{status: http.StatusAccepted}
	}
	return answer{http.StatusOK, map[string]string{"Content-Type": c.MediaType}, c.Data}
}
