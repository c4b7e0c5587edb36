package matrix

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

const (
	// maxBefore bounds what is read of a room's past, in events and in pages of as many.
	maxBefore      = 100
	maxPagesBefore = 5
	// oldest is how long ago the ghost may have joined for a room's past to be read: what it holds was handed over then,
	// and a repeat is known by its key for 8 days.
	oldest = 7 * 24 * time.Hour
)

// joinedAt is the event by which the ghost joined a room, the newest where it did several times, which come in no order;
// "" where it was in it before, or long ago.
func (s *sender) joinedAt(all []json.RawMessage) (id string) {
	var newest time.Time
	for _, raw := range all {
		e := event.Read(raw)
		if e.Text("type") != "m.room.member" || e.Text("state_key") != s.ghost || e.In("content").Text("membership") != "join" {
			continue
		}
		before := e.In("unsigned").In("prev_content")
		if before == nil {
			before = e.In("prev_content")
		}
		at := e.Time("origin_server_ts")
		if before.Text("membership") != "join" && time.Since(at) < oldest && !at.Before(newest) {
			id, newest = e.Text("event_id"), at
		}
	}
	return id
}

// arrive makes a room that the ghost joined the contact's, and returns what was written in it before. A room of several
// is left.
func (s *sender) arrive(ctx context.Context, room, joined string) ([]provider.Heard, error) {
	contact, several, err := s.company(ctx, room)
	if err != nil {
		return nil, passing(err)
	}
	if several {
		return nil, passing(s.ask(ctx, call{what: "leave", method: "POST", path: []string{"rooms", room, "leave"}, body: struct{}{}}, nil))
	}
	if contact == "" { // made by Send, which records it; or nobody is left
		return nil, nil
	}
	switch hidden, err := s.isEncrypted(ctx, room); {
	case err != nil:
		return nil, passing(err)
	case !hidden:
		if err := s.keep(ctx, contact, room); err != nil {
			return nil, passing(err)
		}
	}
	before, err := s.before(ctx, room, joined)
	return before, passing(err)
}

// passing is an error that does not pass by itself: where the homeserver refuses something about one room, the others
// are heard.
func passing(err error) error {
	if _, err := notRefused(err); err != nil {
		return err
	}
	return nil
}

// company is who else is in a room; several says that it is more than one.
// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3roomsroomidjoined_members
func (s *sender) company(ctx context.Context, room string) (contact string, several bool, err error) {
	var answer struct {
		Joined map[string]json.RawMessage `json:"joined"`
	}
	if err := s.ask(ctx, call{what: "members", method: "GET", path: []string{"rooms", room, "joined_members"}, maxAnswer: syncAnswer}, &answer); err != nil {
		return "", false, err
	}
	delete(answer.Joined, s.ghost)
	for user := range answer.Joined {
		contact = user
	}
	return contact, len(answer.Joined) > 1, nil
}

func (s *sender) isEncrypted(ctx context.Context, room string) (bool, error) {
	err := s.ask(ctx, call{what: "encryption", method: "GET", path: []string{"rooms", room, "state", "m.room.encryption", ""}}, nil)
	if isRefusal(err, notFound) {
		return false, nil
	}
	return err == nil, err
}

// before is what was written in a room since the ghost was invited and until it joined, as far as the room shows it to
// who comes later: no transaction brings that.
// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3roomsroomidcontexteventid
func (s *sender) before(ctx context.Context, room, joined string) ([]provider.Heard, error) {
	var page struct {
		Before []json.RawMessage `json:"events_before"` // newest first
		Chunk  []json.RawMessage `json:"chunk"`
		Start  string            `json:"start"`
		End    string            `json:"end"`
	}
	limit := map[string][]string{"limit": {strconv.Itoa(maxBefore)}}
	err := s.ask(ctx, call{what: "what was before", method: "GET", path: []string{"rooms", room, "context", joined}, query: limit, maxAnswer: syncAnswer}, &page)
	events, from := page.Before, page.Start
	var heard []provider.Heard
	for n := 0; err == nil && len(events) > 0; n++ {
		sinceInvited, reached := s.untilInvited(events)
		if len(sinceInvited) > 0 {
			heard = append(heard, heardAs(transaction{Events: sinceInvited}))
		}
		if reached || from == "" || n == maxPagesBefore {
			break
		}
		page.Chunk, page.End = nil, ""
		err = s.ask(ctx, call{
			what: "what was before", method: "GET", path: []string{"rooms", room, "messages"}, maxAnswer: syncAnswer,
			query: map[string][]string{"dir": {"b"}, "from": {from}, "limit": {strconv.Itoa(maxBefore)}},
		}, &page)
		events, from = page.Chunk, page.End
	}
	slices.Reverse(heard) // oldest first
	return heard, err
}

// untilInvited are the events, newest first, after the ghost's last membership, oldest first; reached says that it is
// among them.
func (s *sender) untilInvited(events []json.RawMessage) (since []json.RawMessage, reached bool) {
	for _, raw := range events {
		e := event.Read(raw)
		if e.Text("type") == "m.room.member" && e.Text("state_key") == s.ghost {
			reached = true
			break
		}
		since = append(since, raw)
	}
	slices.Reverse(since)
	return since, reached
}
