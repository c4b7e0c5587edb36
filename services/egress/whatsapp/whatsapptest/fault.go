package whatsapptest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// faulty is what a fault answers; the zero value where it answers nothing.
func faulty(f standin.Fault) (a answer) {
	switch {
	case f.Code != 0:
		a = failed(statusOf(f.Code), f.Code, 0, "as the test wants it")
	case f.Status != 0:
		a = answer{status: f.Status, body: http.StatusText(f.Status)}
	default:
		return a
	}
	if f.RetryAfter > 0 {
		a.header = map[string]string{"Retry-After": fmt.Sprint(int(f.RetryAfter.Seconds()))}
	}
	return a
}

// fault takes the first fault that is meant for this call.
func (s *Server) fault(c Call) standin.Fault {
	return s.TakeFault(func(f standin.Fault) bool {
		return strings.HasSuffix(c.Path, "/messages") && (f.To == "" || strings.Contains(c.Body, `"`+f.To+`"`))
	})
}

// Refuse answers every message to a number or user id with this error, 0 for none any more.
func (s *Server) Refuse(to string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused[to] = code
}

// Spell makes WhatsApp know a number ("+525512345678") by another spelling ("5215512345678").
func (s *Server) Spell(number, waID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spelt[number] = waID
}
