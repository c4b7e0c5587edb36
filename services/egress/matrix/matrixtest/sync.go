package matrixtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sync answers with what is new since, or holds the call until something is.
func (s *Server) sync(r *http.Request) answer {
	since, err := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("since"), "s"))
	if r.URL.Query().Get("since") != "" && err != nil {
		return failed(http.StatusBadRequest, "M_INVALID_PARAM")
	}
	wait, _ := strconv.Atoi(r.URL.Query().Get("timeout"))
	timeout := time.After(time.Duration(wait) * time.Millisecond)
	for {
		s.mu.Lock()
		rooms, next, changed := s.since(since), s.position, s.changed.Next()
		s.mu.Unlock()
		full := r.URL.Query().Get("since") == "" || len(rooms["invite"].(object)) > 0 || len(rooms["join"].(object)) > 0
		if full {
			return done(object{"next_batch": "s" + strconv.Itoa(next), "rooms": rooms})
		}
		select {
		case <-changed:
		case <-timeout:
			return done(object{"next_batch": "s" + strconv.Itoa(next), "rooms": rooms})
		case <-r.Context().Done():
			return failed(http.StatusServiceUnavailable, "M_UNKNOWN")
		case <-s.ended.Done():
			return failed(http.StatusServiceUnavailable, "M_UNKNOWN")
		}
	}
}

// since are the invitations, joins and receipts after a position, as the filter of the network leaves them.
func (s *Server) since(position int) object {
	invite, join := object{}, object{}
	for id, r := range s.rooms {
		switch r.members[s.ghost] {
		case "invite":
			if r.invited > position {
				invite[id] = object{"invite_state": object{"events": []any{}}}
			}
			continue
		case "join":
		default:
			continue
		}
		content := object{}
		for _, receipt := range r.receipts {
			if receipt.position > position {
				content[receipt.event] = object{"m.read": object{receipt.user: object{"ts": receipt.at}}}
			}
		}
		is := object{}
		if len(content) > 0 {
			is["ephemeral"] = object{"events": []any{object{"type": "m.receipt", "content": content}}}
		}
		if r.joined > position {
			is["timeline"] = object{"events": []any{r.joinEvent}}
		}
		if len(is) > 0 {
			join[id] = is
		}
	}
	return object{"invite": invite, "join": join}
}
