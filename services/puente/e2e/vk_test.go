package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const vkPerson, vkSecret = "700123456", "vk-hook-secret"

// vkServer is VK, as far as messages of a community go: https://dev.vk.com/en/method/messages.send. It drops what has the random_id of
// an earlier message to the same person, and tells the community of what it has sent itself, too (message_reply).
type vkServer struct {
	t    *testing.T
	hook string

	mu     sync.Mutex
	texts  []string
	known  map[string]int // random_id to the message's id
	heard  int
	losing int // answers that are lost
	echoes sync.WaitGroup
}

func (s *vkServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(code int) {
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"error_code": code, "error_msg": "refused"}})
	}
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("Authorization") != "Bearer vk1.a.vk-token":
		refuse(5)
		return
	case r.URL.Path != "/method/messages.send" || r.FormValue("v") != "5.199" || r.FormValue("random_id") == "":
		refuse(100)
		return
	case r.FormValue("peer_id") != vkPerson:
		refuse(901)
		return
	}
	id, again := s.known[r.FormValue("random_id")]
	if !again {
		s.texts = append(s.texts, r.FormValue("message"))
		id = 500 + len(s.texts)
		s.known[r.FormValue("random_id")] = id
		echo := s.event("message_reply", s.message(id, 1, r.FormValue("message")))
		s.echoes.Go(func() {
			if status := s.call(echo); status != http.StatusOK && status != 0 { // the test may be over
				s.t.Errorf("an echo is answered %d", status)
			}
		})
	}
	if s.losing > 0 {
		s.losing--
		panic(http.ErrAbortHandler)
	}
	_ = json.NewEncoder(w).Encode(map[string]int{"response": id})
}

// message is one as VK tells it. The caller has the lock.
func (s *vkServer) message(id, out int, text string) map[string]any {
	s.heard++
	return map[string]any{
		"id": id, "conversation_message_id": s.heard, "date": 1767323040 + s.heard, "from_id": json.Number(vkPerson), "peer_id": json.Number(vkPerson),
		"out": out, "text": text, "attachments": []any{},
	}
}

// event is a call. The caller has the lock.
func (s *vkServer) event(kind string, object any) string {
	body, _ := json.Marshal(map[string]any{
		"type": kind, "group_id": 123456, "event_id": fmt.Sprintf("%s-%d", kind, s.heard), "v": "5.199", "secret": vkSecret, "object": object,
	})
	return string(body)
}

// call returns the status, 0 where no answer came.
func (s *vkServer) call(body string) int {
	resp, err := http.DefaultClient.Do(post(s.hook, "application/json", body))
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func vkEnd(t *testing.T) *farEnd {
	s := &vkServer{t: t, known: map[string]int{}}
	server := httptest.NewServer(s)
	t.Cleanup(func() { server.Close(); s.echoes.Wait() })
	return &farEnd{
		account:   map[string]any{"group_id": "123456", "token": "vk1.a.vk-token", "secret": vkSecret, "confirmation": "d4c1f2a7", "api": server.URL},
		contactID: "custom", contact: vkPerson,
		register: func(address string) { s.hook = address },
		write: func(body string) (int, func() int) {
			s.mu.Lock()
			said := s.event("message_new", map[string]any{"message": s.message(100+s.heard, 0, body)})
			s.mu.Unlock()
			return s.call(said), func() int { return s.call(said) }
		},
		forged: func(address string) *http.Request {
			s.mu.Lock()
			defer s.mu.Unlock()
			said := s.event("message_new", map[string]any{"message": s.message(1, 0, "forged")})
			return post(address, "application/json", strings.Replace(said, vkSecret, "guess", 1))
		},
		texts: func() []string {
			s.mu.Lock()
			defer s.mu.Unlock()
			return append([]string(nil), s.texts...)
		},
		lose: func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.losing++
		},
	}
}
