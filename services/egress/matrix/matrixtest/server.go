package matrixtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

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

	registration Registration
	ghost        string
	http         *httptest.Server
	spec         *oracle.Spec
	pushing      sync.WaitGroup
	stop         context.CancelFunc
	ended        context.Context

	mu         sync.Mutex
	registered bool // the user is
	revoked    bool
	position   int // of the last thing that happened
	rooms      map[string]*room
	homes      map[string]string // the room in which a person writes
	aliases    map[string]string
	data       map[string][]byte // account data by type
	sent       map[string]string // event by transaction
	files      map[string]File
	faults     []Fault
	limited    time.Time
	queue      []event // for the application service
	hook       string
	tries      int
	calls      []Call
	changed    chan struct{} // closed, and replaced, with everything that happens
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
		aliases: map[string]string{}, data: map[string][]byte{}, sent: map[string]string{}, files: map[string]File{}, changed: make(chan struct{}),
	}
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
func (s *Server) Messages(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages(user)
}

func (s *Server) messages(user string) (all []Message) {
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
	for {
		s.mu.Lock()
		sent, changed := s.messages(user), s.changed
		s.mu.Unlock()
		if len(sent) >= n {
			return sent, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sent, fmt.Errorf("%d of %d messages: %w", len(sent), n, ctx.Err())
		}
	}
}

// Calls are all calls so far, in the order they were answered; a sync that is held is not there yet.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	fault := s.fault(r)
	if fault.Slow > 0 {
		select {
		case <-time.After(fault.Slow):
		case <-r.Context().Done():
		}
	}
	if fault.DropBefore {
		s.note(r, 0)
		panic(http.ErrAbortHandler)
	}
	a := failed(fault.Status, "M_UNKNOWN")
	if fault.Status == 0 {
		a = s.answer(r, body)
	}
	if fault.DropAfter {
		s.note(r, 0)
		panic(http.ErrAbortHandler)
	}
	s.note(r, a.status)
	a.write(w)
}

func (s *Server) note(r *http.Request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{r.Method, r.URL.Path, status})
}

// happened tells whoever waits. The caller holds the lock.
func (s *Server) happened() int {
	s.position++
	close(s.changed)
	s.changed = make(chan struct{})
	return s.position
}
