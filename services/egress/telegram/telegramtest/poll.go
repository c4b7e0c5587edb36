package telegramtest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// The bounds of a poll: LONG_POLL_MAX_TIMEOUT and process_get_updates_query in
// https://github.com/tdlib/telegram-bot-api/tree/master/telegram-bot-api
const (
	maxPollLimit = 100
	maxPoll      = 50 * time.Second
)

// poll is a getUpdates that is held until there is something.
type poll struct {
	offset int64
	limit  int
	until  time.Time
	ended  chan string // why it was ended by another call
}

// Queue makes an update one that getUpdates hands out. It is given the next update_id; a kind that is not among the
// allowed ones is left out.
func (s *Server) Queue(update map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	allowed := s.webhook.AllowedUpdates
	for kind := range update {
		if len(allowed) > 0 && !slices.Contains(allowed, kind) {
			return
		}
	}
	s.updates++
	update = maps.Clone(update)
	update["update_id"] = s.updates
	s.queue = append(s.queue, update)
	s.changed.Tell()
}

// Pending is how many updates are not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// Held says whether a poll is being held.
func (s *Server) Held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.poll != nil
}

// getUpdates answers, or holds the call where there is nothing: https://core.telegram.org/bots/api#getupdates
func (s *Server) getUpdates(params params) answer {
	if s.webhook.URL != "" {
		return conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	s.allow(params)
	p := &poll{offset: params.integer("offset"), limit: maxPollLimit, ended: make(chan string, 1)}
	if params.values["limit"] != nil {
		p.limit = int(min(max(params.integer("limit"), 1), maxPollLimit))
	}
	timeout := min(max(time.Duration(params.integer("timeout"))*time.Second, 0), maxPoll)
	updates := s.handOut(p)
	if timeout == 0 || len(updates) > 0 {
		return done(updates)
	}
	s.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running")
	p.until = time.Now().Add(timeout)
	s.poll = p
	return answer{poll: p}
}

// handOut confirms what is before the offset, and shows what is from there on. An offset that the queue does not reach
// counts as none; a negative one counts from the end.
func (s *Server) handOut(p *poll) []map[string]any {
	offset := p.offset
	if offset < 0 {
		offset = max(s.updates+1+offset, 1)
	}
	if offset <= s.updates+1 {
		s.queue = slices.DeleteFunc(s.queue, func(u map[string]any) bool { return u["update_id"].(int64) < offset })
	}
	return append([]map[string]any{}, s.queue[:min(len(s.queue), p.limit)]...)
}

// endPoll ends the poll that is held, if one is.
func (s *Server) endPoll(why string) {
	if s.poll != nil {
		s.poll.ended <- why
		s.poll = nil
	}
}

// hold waits until there is something to hand out, time is up, or another call ends it. Nothing is answered to a caller
// who has gone.
func (s *Server) hold(ctx context.Context, p *poll) answer {
	for {
		s.mu.Lock()
		changed, current := s.changed.Next(), s.poll == p
		if current {
			if updates := s.handOut(p); len(updates) > 0 || !time.Now().Before(p.until) || ctx.Err() != nil {
				s.poll = nil
				s.mu.Unlock()
				return done(updates)
			}
		}
		s.mu.Unlock()
		if !current {
			return conflict(<-p.ended)
		}
		select {
		case <-changed:
		case why := <-p.ended:
			return conflict(why)
		case <-time.After(time.Until(p.until)):
		case <-ctx.Done():
		}
	}
}

func conflict(description string) answer {
	return failed(http.StatusConflict, "Conflict: "+description)
}

// allow takes over which kinds of updates are wanted, where a call says so.
func (s *Server) allow(p params) {
	if p.values["allowed_updates"] == nil {
		return
	}
	data, _ := json.Marshal(p.values["allowed_updates"])
	s.webhook.AllowedUpdates = nil
	_ = json.Unmarshal(data, &s.webhook.AllowedUpdates)
}

// deleteWebhook is https://core.telegram.org/bots/api#deletewebhook; the allowed kinds stay.
func (s *Server) deleteWebhook(p params) answer {
	s.webhook = Webhook{AllowedUpdates: s.webhook.AllowedUpdates}
	s.drop(p)
	return done(true)
}

// drop forgets what is pending, where a call says so.
func (s *Server) drop(p params) {
	if dropped, _ := p.values["drop_pending_updates"].(bool); dropped {
		s.queue = nil
	}
}
