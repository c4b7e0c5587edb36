package clicksendtest

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// send answers 200 whatever becomes of each message: https://developers.clicksend.com/docs/messaging/sms
func (s *Server) send(body []byte) answer {
	var request struct {
		Messages []struct {
			From         string `json:"from"`
			To           string `json:"to"`
			Body         string `json:"body"`
			CustomString string `json:"custom_string"`
		} `json:"messages"`
	}
	_ = json.Unmarshal(body, &request) // it was judged
	rows, queued := []any{}, 0
	for _, one := range request.Messages {
		m := Message{ID: s.uuid(), From: cmp.Or(one.From, Number), To: one.To, Body: one.Body, CustomString: one.CustomString, At: time.Now()}
		status := s.status(m)
		if status == "SUCCESS" {
			queued++
			s.Keep(m.To, m)
		}
		rows = append(rows, m.row(map[string]any{"status": status}))
	}
	return done(map[string]any{
		"total_price": 0, "total_count": len(rows), "queued_count": queued, "blocked_count": len(rows) - queued, "messages": rows,
	})
}

// status is what becomes of a message.
func (s *Server) status(m Message) string {
	if status := s.statuses[m.To]; status != "" {
		return status
	}
	switch {
	case !e164.MatchString(m.To):
		return "INVALID_RECIPIENT"
	case strings.TrimSpace(m.Body) == "":
		return "EMPTY_MESSAGE"
	}
	for _, before := range s.Messages(m.To) {
		if before.Body == m.Body && m.At.Sub(before.At) < s.guard {
			return "THROTTLED"
		}
	}
	return "SUCCESS"
}

// row is a message as ClickSend shows it.
func (m Message) row(more map[string]any) map[string]any {
	more["direction"], more["date"], more["to"], more["from"], more["body"] = "out", m.At.Unix(), m.To, m.From, m.Body
	more["message_id"], more["custom_string"] = m.ID, m.CustomString
	return more
}

// history is what was sent to a number.
func (s *Server) history(query url.Values) answer {
	to, _ := strings.CutPrefix(query.Get("q"), "to:")
	var rows []Push
	for _, m := range slices.Backward(s.Messages(to)) {
		rows = append(rows, m.row(map[string]any{"status": "Sent"}))
	}
	return list(rows, query)
}
