package clicksendtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Push is a message that came in, or a receipt, by ClickSend's names. To push the same again, deliver the same value.
type Push map[string]any

// Write is a text that somebody wrote.
func (s *Server) Write(from, body string) Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Push{
		"timestamp": s.now(), "from": from, "to": Number, "body": body, "message": body, "message_id": s.uuid(), "custom_string": "",
		"original_message_id": "", "original_body": "", "originalsenderid": Number, "sms": from, "user_id": 1, "subaccount_id": 1,
	}
	if sent := s.Messages(from); len(sent) > 0 { // what it answers
		last := sent[len(sent)-1]
		p["original_message_id"], p["original_body"], p["custom_string"] = last.ID, last.Body, last.CustomString
	}
	return p
}

// Report is a receipt of a message: 200 sent, 201 delivered, 300 tried again, 301 failed.
func (s *Server) Report(m Message, code int) Push {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := Push{
		"timestamp": s.now(), "timestamp_send": m.At.Unix(), "message_id": m.ID, "custom_string": m.CustomString, "status_code": code,
		"status_text": "Success: Message received on handset.", "status": "Delivered", "error_code": nil, "error_text": nil,
		"message_type": "sms", "user_id": 1, "subaccount_id": 1,
	}
	switch code {
	case 200:
		p["status"], p["status_text"] = "Sent", "Message sent to the network for delivery"
	case 300, 301:
		p["status"], p["status_text"], p["error_code"], p["error_text"] = "Failed", "", 8, "Unknown subscriber. Number is inactive or invalid"
	}
	return p
}

// now is the next second of ClickSend's clock, which a test moves with [Server.Pass].
func (s *Server) now() int64 { return s.clock }

// Pass moves ClickSend's clock on.
func (s *Server) Pass(seconds int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock += seconds
}

func (s *Server) uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// Deliver does with a push what the rules say: it calls addresses, once each, and says what they answered; and keeps it in
// a list where a rule is to be polled, once for each such rule.
func (s *Server) Deliver(ctx context.Context, p Push) (statuses []int, err error) {
	s.mu.Lock()
	b, box := s.inbound, &s.unread
	if p["status_code"] != nil {
		b, box = s.receipts, &s.unseen
	}
	var calls []Rule
	matched := false
	for _, r := range b.rules {
		switch {
		case !r.Enabled, b == s.inbound && r.Number != "*" && r.Number != p["to"]:
		case r.Action == "POLL":
			*box, matched = append(*box, p), true
		case r.Action == "URL":
			calls, matched = append(calls, *r), true
		}
	}
	s.mu.Unlock()
	if !matched {
		return nil, errors.New("no rule matches")
	}
	for _, r := range calls {
		status, err := push(ctx, r, p)
		if err != nil {
			return statuses, err
		}
		statuses = append(statuses, status)
	}
	return statuses, nil
}

// push calls one address in the form that its rule says.
func push(ctx context.Context, r Rule, p Push) (int, error) {
	values := url.Values{}
	for name, v := range p {
		if v == nil {
			v = ""
		}
		values.Set(name, fmt.Sprint(v))
	}
	method, address, media, body := http.MethodPost, r.Address, "application/x-www-form-urlencoded", []byte(values.Encode())
	switch r.Form {
	case "get":
		method, media, body = http.MethodGet, "", nil
		separator := "?"
		if strings.Contains(address, "?") {
			separator = "&"
		}
		address += separator + values.Encode()
	case "json":
		media = "application/json"
		var err error
		if body, err = json.Marshal(p); err != nil {
			return 0, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}
