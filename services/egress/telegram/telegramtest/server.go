package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

// Server is one bot's Bot API. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api setting takes it.
	URL string

	http  *httptest.Server
	table *oracle.Table

	mu        sync.Mutex
	token     string
	revoked   bool
	messages  map[int64][]Message
	ids       map[int64]int64
	calls     []Call
	files     map[string]File
	webhook   Webhook
	updates   int64            // the last update_id
	queue     []map[string]any // updates that are not confirmed
	poll      *poll            // that is held; nil for none
	flooded   map[int64]time.Time
	blocked   map[int64]bool
	unknown   map[int64]bool
	faults    []Fault
	fetchURLs bool
	changed   chan struct{} // closed, and replaced, with every message and update
}

// Message is one message that was accepted.
type Message struct {
	ID     int64
	Chat   int64
	Method string
	At     time.Time

	Text    string
	Caption string
	// Keyboard holds the texts of a reply keyboard, row by row.
	Keyboard  [][]string
	Latitude  float64
	Longitude float64
	// URL is where the file was, Upload the file itself: one of them for an attachment.
	URL    string
	Upload *Upload
}

// Upload is a file that came along.
type Upload struct {
	Name      string
	MediaType string
	Data      []byte
}

// Call is one call of a method, accepted or not.
type Call struct {
	Method string
	Chat   int64 // 0 where it names none
	// Params are the parameters as JSON has them; a file stands as its name.
	Params map[string]any
	// Code is what it was answered: 200, an error, or 0 where the connection was dropped.
	Code int
	// Description is the error's text.
	Description string
}

// NewServer starts the Bot API of the bot with this token. Close ends it.
func NewServer(token string) *Server {
	s := &Server{
		token: token, table: oracle.New(), messages: map[int64][]Message{}, ids: map[int64]int64{}, files: map[string]File{},
		flooded: map[int64]time.Time{}, blocked: map[int64]bool{}, unknown: map[int64]bool{}, changed: make(chan struct{}),
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server and the connections to it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Messages are the messages that a chat was sent, in order.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages[chat])
}

// Wait is like Messages once there are n of them, or an error when the context ends before.
func (s *Server) Wait(ctx context.Context, chat int64, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		sent, changed := slices.Clone(s.messages[chat]), s.changed
		s.mu.Unlock()
		if len(sent) >= n {
			return sent, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sent, fmt.Errorf("%d of %d messages: %w", len(sent), n, ctx.Err())
		}
	}
}

// Calls are all calls of methods so far, in the order they were answered.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		s.download(w, path)
		return
	}
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || !strings.HasPrefix(r.URL.Path, "/bot") {
		write(w, failed(http.StatusNotFound, "Not Found"))
		return
	}
	p, problem := s.read(method, r)
	fault := s.fault(method, p.chat())
	if fault.Slow > 0 {
		select {
		case <-time.After(fault.Slow):
		case <-r.Context().Done():
		}
	}
	if fault.DropBefore {
		s.note(Call{Method: method, Chat: p.chat(), Params: p.values})
		panic(http.ErrAbortHandler)
	}
	a := failed(fault.Status, http.StatusText(fault.Status))
	if fault.Status == 0 {
		a = s.answer(token, method, p, problem)
	}
	gone := false
	if a.poll != nil {
		a, gone = s.hold(r.Context(), a.poll)
	}
	call := Call{Method: method, Chat: p.chat(), Params: p.values, Code: a.Code, Description: a.Description}
	if a.OK {
		call.Code = http.StatusOK
	}
	if fault.DropAfter || gone {
		call.Code = 0
	}
	s.note(call)
	if fault.DropAfter || gone {
		panic(http.ErrAbortHandler)
	}
	write(w, a)
}

func (s *Server) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
}

// answer is https://core.telegram.org/bots/api#making-requests.
type answer struct {
	OK          bool        `json:"ok"`
	Result      any         `json:"result,omitempty"`
	Code        int         `json:"error_code,omitempty"`
	Description string      `json:"description,omitempty"`
	Parameters  *parameters `json:"parameters,omitempty"`
	poll        *poll       // instead of an answer: one that is held
}

type parameters struct {
	RetryAfter int `json:"retry_after"`
}

func done(result any) answer { return answer{OK: true, Result: result} }

func failed(code int, description string) answer { return answer{Code: code, Description: description} }

func bad(description string) answer {
	return failed(http.StatusBadRequest, "Bad Request: "+description)
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	if a.Parameters != nil {
		w.Header().Set("Retry-After", fmt.Sprint(a.Parameters.RetryAfter))
	}
	if !a.OK {
		w.WriteHeader(a.Code)
	}
	_ = json.NewEncoder(w).Encode(a)
}
