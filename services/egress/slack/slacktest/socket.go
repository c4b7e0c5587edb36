package slacktest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// sockets are the connections of Socket Mode, and what was not acknowledged on them.
type sockets struct {
	mu      sync.Mutex
	open    []*socket // the newest last
	most    int
	unheard []*envelope
	heard   []string // ids of envelopes, in the order of their acknowledgement
	changed standin.Signal
}

type socket struct {
	own     *websocket.Conn
	ctx     context.Context
	leaving bool // it was asked to go
}

// envelope is said until it is acknowledged: on another connection where the one before has ended.
type envelope struct {
	id, kind string
	payload  any
	on       *socket
	tries    int
}

// say sends a message; a connection that is broken is found by its reader.
func (c *socket) say(message any) {
	text, err := json.Marshal(message)
	if err == nil {
		_ = c.own.Write(c.ctx, websocket.MessageText, text)
	}
}

// link is one connection: https://docs.slack.dev/apis/events-api/using-socket-mode
func (s *Server) link(w http.ResponseWriter, r *http.Request) {
	own, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // it has answered
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	c := &socket{own: own, ctx: ctx}
	s.sockets.add(c)
	defer s.sockets.remove(c)
	defer own.CloseNow() //nolint:errcheck // it is closed either way
	for {
		_, data, err := own.Read(ctx)
		if err != nil {
			return
		}
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if json.Unmarshal(data, &ack) == nil && ack.ID != "" {
			s.sockets.acknowledge(ack.ID)
		}
	}
}

// add counts a connection before it is told hello: who has heard that may leave another one at once.
func (s *sockets) add(c *socket) {
	s.mu.Lock()
	s.open = append(s.open, c)
	s.most = max(s.most, len(s.open))
	c.say(object{
		"type": "hello", "num_connections": len(s.open), "connection_info": object{"app_id": "A1"},
		"debug_info": object{"host": "slacktest", "approximate_connection_time": 18060},
	})
	s.speak()
	s.mu.Unlock()
	s.changed.Tell()
}

func (s *sockets) remove(c *socket) {
	s.mu.Lock()
	s.open = slices.DeleteFunc(s.open, func(o *socket) bool { return o == c })
	s.speak()
	s.mu.Unlock()
	s.changed.Tell()
}

func (s *sockets) acknowledge(id string) {
	s.mu.Lock()
	if i := slices.IndexFunc(s.unheard, func(e *envelope) bool { return e.id == id }); i >= 0 {
		s.unheard = slices.Delete(s.unheard, i, i+1)
		s.heard = append(s.heard, id)
	}
	s.mu.Unlock()
	s.changed.Tell()
}

// speak says what is not under way on an open connection, in order, on the newest. The lock is held.
func (s *sockets) speak() {
	if len(s.open) == 0 {
		return
	}
	c := s.open[len(s.open)-1]
	for _, e := range s.unheard {
		if e.on != nil && slices.Contains(s.open, e.on) {
			continue
		}
		e.on = c
		message := object{"envelope_id": e.id, "type": e.kind, "payload": e.payload, "accepts_response_payload": e.kind != "events_api"}
		if e.kind == "events_api" {
			message["retry_attempt"], message["retry_reason"] = e.tries, map[bool]string{true: "timeout"}[e.tries > 0]
		}
		e.tries++
		c.say(message)
	}
}

func (s *sockets) close() {
	s.mu.Lock()
	open := slices.Clone(s.open)
	s.mu.Unlock()
	for _, c := range open {
		_ = c.own.CloseNow()
	}
}

// Say says an event ("events_api") or an interaction ("interactive") over Socket Mode, until it is acknowledged. It returns the id of
// the envelope.
func (s *Server) Say(kind string, payload any) string {
	e := &envelope{id: s.id("e"), kind: kind, payload: payload}
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	s.sockets.unheard = append(s.sockets.unheard, e)
	s.sockets.speak()
	return e.id
}

// Event is the payload of an event: somebody writes to the app, in a thread unless that is "".
func (s *Server) Event(user, text, thread string) map[string]any {
	ts := s.ts()
	event := object{
		"type": "message", "channel": Channel(user), "channel_type": "im", "user": user, "text": text, "ts": ts, "event_ts": ts, "team": "T1",
	}
	if thread != "" {
		event["thread_ts"] = thread
	}
	return object{
		"token": "legacy", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": s.id("Ev"), "event_time": time.Now().Unix(), "event": event,
	}
}

// Refresh asks every connection to be renewed, for a reason: "warning", "refresh_requested", "link_disabled".
func (s *Server) Refresh(reason string) {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	for _, c := range s.sockets.open {
		if !c.leaving {
			c.leaving = true
			c.say(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "slacktest"}})
		}
	}
}

// Connections is how many there are, and how many there were at once.
func (s *Server) Connections() (open, most int) {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return len(s.sockets.open), s.sockets.most
}

// Unheard is how many envelopes were not acknowledged yet.
func (s *Server) Unheard() int {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return len(s.sockets.unheard)
}

// Acknowledged waits for n envelopes to be acknowledged: their ids, in order.
func (s *Server) Acknowledged(ctx context.Context, n int) ([]string, error) {
	return standin.Wait(ctx, &s.sockets.changed, n, func() []string {
		s.sockets.mu.Lock()
		defer s.sockets.mu.Unlock()
		return slices.Clone(s.sockets.heard)
	})
}
