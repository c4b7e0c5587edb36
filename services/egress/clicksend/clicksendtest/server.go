package clicksendtest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/openapi"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/clicksend/internal/oracle"
)

// Number is the number that messages come to and, where a message names no other, from.
const Number = "+61411111111"

// Message is one that was sent.
type Message struct {
	ID, From, To, Body string
	// CustomString comes back with its receipts.
	CustomString string
	At           time.Time
}

// Call is a call of the API that was answered, or not.
type Call struct {
	// Operation is what the description calls it, "POST /v3/sms/send", "" for none.
	Operation string
	Body      string
	// Status is the HTTP status, 0 where the connection was closed instead.
	Status int
	Code   string
}

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	URL string
	// Inbox has what a number was sent; Calls the calls of the API. Faults are for calls as the description names them:
	// "PUT /v3/sms/inbound-read". Limit refuses everything, with what is left of it as Retry-After. Renew gives the user
	// another key.
	standin.Inbox[string, Message]
	standin.CallLog[Call]
	standin.Faults
	standin.RateLimit
	standin.Credential

	http *httptest.Server
	api  *openapi.API

	mu             sync.Mutex
	username       string
	statuses       map[string]string // by number
	guard          time.Duration     // how long the same words are THROTTLED
	parts          int
	clock          int64
	inbound        *book
	receipts       *book
	unread, unseen []Push
	newestFirst    bool
}

// NewServer starts a stand-in for one user. Close it.
func NewServer(username, key string) *Server {
	s := &Server{
		api: oracle.New(), username: username, statuses: map[string]string{}, parts: 6, clock: time.Now().Unix(),
		inbound: &book{id: "inbound_rule_id"}, receipts: &book{id: "receipt_rule_id"},
	}
	s.Renew(key)
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server and its connections.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// maxBody is beyond what a test sends.
const maxBody = 1 << 20

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return // the call broke off: it was not made
	}
	operation, problem := s.api.Check(oracle.Call(r.Method, r.URL.RequestURI(), r.Header, body))
	fault := s.fault(operation)
	standin.Serve(w, r, fault, func() answer {
		if fault.Status != 0 {
			return failed(fault.Status, "INTERNAL_SERVER_ERROR")
		}
		return s.answer(r, operation, body, problem)
	}, func(a answer, dropped bool) {
		call := Call{Operation: operation, Body: string(body), Status: a.Code, Code: a.Response}
		if dropped {
			call.Status = 0
		}
		s.Note(call)
	})
}

// answer does what an operation does.
func (s *Server) answer(r *http.Request, operation string, body []byte, problem error) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user, key, ok := r.BasicAuth(); !ok || user != s.username || !s.Admits(key) {
		return failed(http.StatusUnauthorized, "UNAUTHORIZED")
	}
	if wait := s.Left(); wait > 0 {
		a := failed(http.StatusTooManyRequests, "HTTP_TOO_MANY_REQUESTS")
		a.after = int(math.Ceil(wait.Seconds()))
		return a
	}
	switch {
	case operation == "":
		return failed(http.StatusNotFound, "NOT_FOUND")
	case problem != nil:
		a := failed(http.StatusBadRequest, "BAD_REQUEST")
		a.Message = problem.Error()
		return a
	}
	switch operation {
	case "POST /v3/sms/send":
		return s.send(body)
	case "GET /v3/sms/history":
		return s.history(r.URL.Query())
	case "GET /v3/sms/inbound":
		return list(s.waiting(s.unread), r.URL.Query())
	case "GET /v3/sms/receipts":
		return list(s.waiting(s.unseen), r.URL.Query())
	case "PUT /v3/sms/inbound-read":
		return mark(&s.unread, body)
	case "PUT /v3/sms/receipts-read":
		return mark(&s.unseen, body)
	case "GET /v3/account":
		return done(map[string]any{"user_id": 1, "username": s.username, "active": 1, "banned": 0, "setting_sms_message_char_limit": s.parts,
			"_subaccount": map[string]any{"api_key": s.Value()}})
	default:
		return s.rules(r, body)
	}
}

// answer is the envelope of https://developers.clicksend.com/docs/#status-codes
type answer struct {
	Code     int    `json:"http_code"`
	Response string `json:"response_code"`
	Message  string `json:"response_msg"`
	Data     any    `json:"data"`
	after    int
}

func done(data any) answer {
	return answer{Code: http.StatusOK, Response: "SUCCESS", Message: "Here is your result.", Data: data}
}

func failed(code int, response string) answer {
	return answer{Code: code, Response: response, Message: http.StatusText(code)}
}

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.after > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(a.after))
	}
	w.WriteHeader(a.Code)
	_ = json.NewEncoder(w).Encode(a)
}
