package clicksendtest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
)

// NewestFirst turns the order of what is unread, which is not documented; it is the order in which it came at first.
func (s *Server) NewestFirst(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newestFirst = on
}

// waiting is what is unread in the order in which it is listed.
func (s *Server) waiting(all []Push) []Push {
	all = slices.Clone(all)
	if s.newestFirst {
		slices.Reverse(all)
	}
	return all
}

// list is a page: https://developers.clicksend.com/docs/#pagination
func list(all []Push, query url.Values) answer {
	number := func(name string, unless int) int {
		if n, err := strconv.Atoi(query.Get(name)); err == nil {
			return n
		}
		return unless
	}
	page, limit := number("page", 1), number("limit", 15)
	first := min(max(0, (page-1)*limit), len(all))
	data := map[string]any{
		"total": len(all), "per_page": limit, "current_page": page, "last_page": (len(all) + limit - 1) / limit,
		"next_page_url": nil, "prev_page_url": nil,
	}
	if len(all) > 0 { // an empty list was seen to have no data at all
		data["data"] = append([]Push{}, all[first:min(first+limit, len(all))]...)
	}
	return done(data)
}

// mark takes out what is older than the date, or all of it where none is told.
func mark(all *[]Push, body []byte) answer {
	var request struct {
		Before *int64 `json:"date_before"`
	}
	_ = json.Unmarshal(body, &request) // it was judged
	*all = slices.DeleteFunc(*all, func(p Push) bool {
		at, _ := p["timestamp"].(int64)
		return request.Before == nil || at < *request.Before
	})
	return done("{}")
}

// Unread is how many messages and receipts wait to be polled.
func (s *Server) Unread() (messages, receipts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unread), len(s.unseen)
}
