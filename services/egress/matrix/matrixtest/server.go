package matrixtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/matrix/internal/oracle"
)

// Registration is what the homeserver knows of the application service.
type Registration struct {
	ASToken, HSToken string
	// Name is the localpart of its user.
	Name       string
	ServerName string
}

// Server is the homeserver. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's homeserver setting takes it.
	URL string
	// Calls has the calls of the client-server API; a sync that is held is not there yet. Faults are for calls whose path
	// holds Call. Limit answers 429 to messages, with what is left of it as retry_after_ms. Revoke makes the as_token one
	// that the homeserver does not know.
	standin.CallLog[Call]
	standin.Faults
	standin.RateLimit
	standin.Credential

	registration Registration
	ghost        string
	http         *httptest.Server
	spec         *oracle.Spec
	pushing      sync.WaitGroup
	stop         context.CancelFunc
	ended        context.Context

	mu         sync.Mutex
	registered bool // the user is
	position   int  // of the last thing that happened
	rooms      map[string]*room
	homes      map[string]string // the room in which a person writes
	aliases    map[string]string
	data       map[string][]byte // account data by type
	sent       map[string]string // event by transaction
	files      map[string]File
	queue      []event // for the application service
	hook       string
	tries      int
	changed    standin.Signal // of everything that happens
}

// Call is one call of the client-server API.
type Call struct {
	Method, Path string
	// Status is what it was answered, 0 where the connection was dropped.
	Status int
}

// Message is one message that the application service's user sent.
type Message struct {
	Room, Event string
	// Content is the event's, Type its msgtype, Body its body.
	Content map[string]any
	Type    string
	Body    string
}

// NewServer starts the homeserver. Close ends it.
func NewServer(r Registration) *Server {
	spec, err := oracle.New()
	if err != nil {
		panic(err) // the description is part of the program
	}
	s := &Server{
		registration: r, ghost: "@" + r.Name + ":" + r.ServerName, spec: spec, rooms: map[string]*room{}, homes: map[string]string{},
		aliases: map[string]string{}, data: map[string][]byte{}, sent: map[string]string{}, files: map[string]File{},
	}
	s.Renew(r.ASToken)
	s.ended, s.stop = context.WithCancel(context.Background())
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	s.pushing.Go(s.push)
	return s
}

// Close ends the server and the connections to it.
func (s *Server) Close() {
	s.stop()
	s.pushing.Wait()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Ghost is the application service's user.
func (s *Server) Ghost() string { return s.ghost }

// Messages are the messages that a person was sent, in all rooms that they are in or invited to, in order.
func (s *Server) Messages(user string) (all []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []event
	for _, r := range s.rooms {
		if m := r.members[user]; m == "join" || m == "invite" {
			events = append(events, r.events...)
		}
	}
	slices.SortFunc(events, func(a, b event) int { return a.position - b.position })
	for _, e := range events {
		if e.Sender == s.ghost && e.Type == "m.room.message" {
			kind, _ := e.Content["msgtype"].(string)
			body, _ := e.Content["body"].(string)
			all = append(all, Message{Room: e.Room, Event: e.ID, Content: e.Content, Type: kind, Body: body})
		}
	}
	return all
}

// Wait is like Messages once there are n of them, or an error when the context ends before.
func (s *Server) Wait(ctx context.Context, user string, n int) ([]Message, error) {
	return standin.Wait(ctx, &s.changed, n, func() []Message { return s.Messages(user) })
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	fault := s.fault(r)
	standin.Serve(w, r, fault, func() answer {
		if fault.Status != 0 {
			return failed(fault.Status, "M_UNKNOWN")
		}
		return s.answer(r, body)
	}, func(a answer, dropped bool) {
		call := Call{Method: r.Method, Path: r.URL.Path, Status: a.status}
		if dropped {
			call.Status = 0
		}
		s.Note(call)
	})
}

// happened tells whoever waits. The caller holds the lock.
func (s *Server) happened() int {
	s.position++
	s.changed.Tell()
	return s.position
}
