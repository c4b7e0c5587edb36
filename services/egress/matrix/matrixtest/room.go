package matrixtest

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

type room struct {
	id       string
	members  map[string]string // membership by user
	events   []event
	receipts []receipt
	// invited and joined are when the application service's user was.
	invited, joined int
	joinEvent       event
}

type event struct {
	Type     string         `json:"type"`
	ID       string         `json:"event_id"`
	Room     string         `json:"room_id"`
	Sender   string         `json:"sender"`
	At       int64          `json:"origin_server_ts"`
	StateKey *string        `json:"state_key,omitempty"`
	Content  map[string]any `json:"content"`
	Unsigned map[string]any `json:"unsigned,omitempty"`
	position int
}

type receipt struct {
	user, event string
	at          int64
	position    int
}

// add adds an event to a room, and queues it for the application service where its user is in the room, or is meant. The
// caller holds the lock.
func (s *Server) add(r *room, kind, sender string, stateKey *string, content map[string]any) event {
	position := s.happened()
	e := event{
		Type: kind, ID: fmt.Sprintf("$e%d", position), Room: r.id, Sender: sender, At: time.Now().UnixMilli(), StateKey: stateKey,
		Content: content, position: position,
	}
	if kind == "m.room.member" && stateKey != nil {
		before := r.members[*stateKey]
		e.Unsigned = map[string]any{"prev_content": map[string]any{"membership": before}}
		now, _ := content["membership"].(string)
		r.members[*stateKey] = now
		if *stateKey == s.ghost && now == "invite" {
			r.invited = position
		}
		if *stateKey == s.ghost && now == "join" {
			r.joined, r.joinEvent = position, e
		}
	}
	r.events = append(r.events, e)
	if r.members[s.ghost] == "join" || stateKey != nil && *stateKey == s.ghost {
		s.queue = append(s.queue, e)
	}
	return e
}

// make makes a room of somebody. The caller holds the lock.
func (s *Server) make(creator string) *room {
	r := &room{id: fmt.Sprintf("!r%d:%s", len(s.rooms)+1, s.registration.ServerName), members: map[string]string{}}
	s.rooms[r.id] = r
	s.member(r, creator, creator, "join")
	return r
}

func (s *Server) member(r *room, by, user, membership string) {
	s.add(r, "m.room.member", by, &user, map[string]any{"membership": membership})
}

// Say writes a text in a person's room; where they have none they make one and invite the application service's user
// first, and do not wait for it. It returns the event's id.
func (s *Server) Say(user, text string) string {
	return s.Write(user, "m.room.message", map[string]any{"msgtype": "m.text", "body": text})
}

// Write is Say for any event.
func (s *Server) Write(user, kind string, content map[string]any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[s.homes[user]]
	if r == nil {
		r = s.make(user)
		s.member(r, user, s.ghost, "invite")
		s.homes[user] = r.id
	}
	return s.add(r, kind, user, nil, content).ID
}

// Accept joins a person to all rooms that they are invited to.
func (s *Server) Accept(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.rooms)) {
		if r := s.rooms[id]; r.members[user] == "invite" {
			s.member(r, user, user, "join")
			s.homes[user] = id
		}
	}
}

// Leave takes a person out of the room in which they write.
func (s *Server) Leave(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rooms[s.homes[user]]; r != nil {
		s.member(r, user, user, "leave")
	}
}

// Remove takes the application service's user out of a person's room, for good.
func (s *Server) Remove(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rooms[s.homes[user]]; r != nil {
		s.member(r, user, s.ghost, "ban")
		delete(s.homes, user)
	}
}

// Read says that a person has read up to a message.
func (s *Server) Read(user string, m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.rooms[m.Room]; r != nil {
		r.receipts = append(r.receipts, receipt{user, m.Event, time.Now().UnixMilli(), s.happened()})
	}
}
