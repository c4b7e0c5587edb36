package matrixtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// perTransaction is how many events a transaction holds at most.
const perTransaction = 10

// again is how long is waited after a transaction that was not taken.
const again = 20 * time.Millisecond

// Push says where transactions go: the url of the registration.
func (s *Server) Push(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = url
	s.happened()
}

// Tries is how many transactions were sent, repeats included.
func (s *Server) Tries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// push sends transactions in order, until the server ends: the next one only when one was taken.
func (s *Server) push() {
	for n := 1; ; n++ {
		events, hook := s.next()
		if events == nil {
			return
		}
		for !s.deliver(hook, fmt.Sprint(n), events) {
			select {
			case <-s.ended.Done():
				return
			case <-time.After(again):
			}
		}
	}
}

// next waits for events to push, nil at the end.
func (s *Server) next() ([]event, string) {
	for {
		s.mu.Lock()
		changed := s.changed.Next()
		if n := min(len(s.queue), perTransaction); n > 0 && s.hook != "" {
			events := s.queue[:n:n]
			s.queue = s.queue[n:]
			hook := s.hook
			s.mu.Unlock()
			return events, hook
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.ended.Done():
			return nil, ""
		}
	}
}

// deliver says whether a transaction was taken.
func (s *Server) deliver(hook, id string, events []event) bool {
	s.mu.Lock()
	s.tries++
	s.mu.Unlock()
	body, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		panic(err)
	}
	status, err := s.Call(http.MethodPut, hook+"/_matrix/app/v1/transactions/"+id, s.registration.HSToken, body)
	return err == nil && status == http.StatusOK
}

// Call calls the application service with any token, as anybody could.
func (s *Server) Call(method, url, token string, body []byte) (status int, err error) {
	req, err := http.NewRequestWithContext(s.ended, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
