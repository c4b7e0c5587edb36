package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/telegram/internal/oracle"
)

// Server is one bot's Bot API. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api setting takes it.
	URL string
	// Inbox has what a chat was sent; Calls the calls of methods. Faults are for methods by their names, and chats by their
	// ids as text. Renew gives the bot another token, as BotFather does.
	standin.Inbox[int64, Message]
	standin.CallLog[Call]
	standin.Faults
	standin.Credential

	http  *httptest.Server
	table *oracle.Table

	mu        sync.Mutex
	ids       map[int64]int64
	files     map[string]File
	webhook   Webhook
	updates   int64            // the last update_id
	queue     []map[string]any // updates that are not confirmed
	poll      *poll            // that is held; nil for none
	flooded   map[int64]time.Time
	blocked   map[int64]bool
	unknown   map[int64]bool
	fetchURLs bool
	changed   standin.Signal // of updates and polls
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
		table: oracle.New(), ids: map[int64]int64{}, files: map[string]File{},
		flooded: map[int64]time.Time{}, blocked: map[int64]bool{}, unknown: map[int64]bool{},
	}
	s.Renew(token)
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server and the connections to it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		s.download(w, path)
		return
	}
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || !strings.HasPrefix(r.URL.Path, "/bot") {
		failed(http.StatusNotFound, "Not Found").Write(w)
		return
	}
	p, problem := s.read(method, r)
	fault := s.fault(method, p.chat())
	standin.Serve(w, r, fault, func() answer {
		if fault.Status != 0 {
			return failed(fault.Status, http.StatusText(fault.Status))
		}
		a := s.answer(token, method, p, problem)
		if a.poll != nil {
			a = s.hold(r.Context(), a.poll)
		}
		return a
	}, func(a answer, dropped bool) {
		call := Call{Method: method, Chat: p.chat(), Params: p.values, Code: a.Code, Description: a.Description}
		switch {
		case dropped:
			call.Code = 0
		case a.OK:
			call.Code = http.StatusOK
		}
		s.Note(call)
	})
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

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.Parameters != nil {
		w.Header().Set("Retry-After", fmt.Sprint(a.Parameters.RetryAfter))
	}
	if !a.OK {
		w.WriteHeader(a.Code)
	}
	_ = json.NewEncoder(w).Encode(a)
}
