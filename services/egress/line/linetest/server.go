package linetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/line/internal/oracle"
)

// Server is the API of one account. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api and api_data settings take it.
	URL string
	// Inbox has what reached a user; Calls the calls of the API. Faults are for "reply", "push", "content", "info", "endpoint"
	// and "test". Limit refuses replies and pushes; Renew gives the account another access token.
	standin.Inbox[string, Message]
	standin.CallLog[Call]
	standin.Faults
	standin.RateLimit
	standin.Credential

	http   *httptest.Server
	spec   *oracle.Spec
	secret string

	mu      sync.Mutex
	tokens  map[string]*replyToken
	keys    map[string]accepted // pushes by their retry key
	life    time.Duration
	content map[string]Content
	webhook Webhook
	ids     int64
	quota   bool
	blocked map[string]bool
	unknown map[string]bool
}

// Message is one message that reached a user.
type Message struct {
	ID   string
	User string
	At   time.Time
	// Reply says that it came by a reply token, else it was pushed.
	Reply bool

	Type string
	Text string
	// URL, Preview and Duration (ms) are a file's.
	URL      string
	Preview  string
	Duration int64
	// Title, Address, Latitude and Longitude are a place's.
	Title, Address      string
	Latitude, Longitude float64
	// Buttons are the texts of the quick replies.
	Buttons []string
}

// Call is one call, accepted or not.
type Call struct {
	// Name is method and path, as the description spells it: "POST /v2/bot/message/push".
	Name     string
	RetryKey string
	Body     string
	// Status is what it was answered, 0 where the connection was dropped.
	Status int
	// Answer is the body of the answer.
	Answer string
}

// accepted is a push that was taken.
type accepted struct {
	request string
	sent    []any
}

// NewServer starts the API of the account with this access token and this secret. Close ends it.
func NewServer(token, secret string) *Server {
	s := &Server{
		secret: secret, spec: oracle.Messaging(), tokens: map[string]*replyToken{},
		keys: map[string]accepted{}, life: time.Minute, content: map[string]Content{}, blocked: map[string]bool{},
		unknown: map[string]bool{},
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

// User is the id of a user, a different one for each number.
func User(n int) string { return fmt.Sprintf("U%032x", n) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 2<<20)) // https://developers.line.biz/en/reference/messaging-api/#status-codes
	call := Call{Name: r.Method + " " + r.URL.Path, RetryKey: r.Header.Get("X-Line-Retry-Key"), Body: string(body)}
	if name, err := s.spec.Call(r.Method, r.URL.Path); err == nil {
		call.Name = name
	}
	fault := s.fault(call)
	standin.Serve(w, r, fault, func() answer {
		switch {
		case fault.Status != 0:
			return refuse(fault.Status, http.StatusText(fault.Status))
		case err != nil:
			return refuse(http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		default:
			return s.answer(r, call, body)
		}
	}, func(a answer, dropped bool) {
		if !dropped {
			call.Status, call.Answer = a.status, string(a.body)
		}
		s.Note(call)
	})
}

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// answer is a status, headers and a body.
type answer struct {
	status int
	header map[string]string
	body   []byte
}

func reply(status int, body any) answer {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // it is ours
	}
	return answer{status, map[string]string{"Content-Type": "application/json"}, data}
}

// refuse is https://developers.line.biz/en/reference/messaging-api/#error-responses.
func refuse(status int, message string) answer {
	return reply(status, map[string]any{"message": message})
}

func (s *Server) answer(r *http.Request, c Call, body []byte) answer {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || !s.Admits(token) {
		return refuse(http.StatusUnauthorized, "Authentication failed. Confirm that the access token in the authorization header is valid.")
	}
	if _, err := s.spec.Call(r.Method, r.URL.Path); err != nil {
		return refuse(http.StatusNotFound, "Not found")
	}
	if err := s.spec.Request(r.Method, r.URL.Path, r.Header, body); err != nil {
		return refuse(http.StatusBadRequest, "The request body has 1 error(s): "+strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	switch c.Name {
	case replyCall:
		return s.reply(body)
	case pushCall:
		return s.push(c.RetryKey, body)
	case "GET /v2/bot/info":
		return reply(http.StatusOK, map[string]any{
			"userId": User(0), "basicId": "@test", "displayName": "Test", "chatMode": "bot", "markAsReadMode": "auto",
		})
	case "GET /v2/bot/message/{messageId}/content":
		return s.download(strings.Split(r.URL.Path, "/")[4])
	case "GET /v2/bot/channel/webhook/endpoint":
		return s.endpoint()
	case "PUT /v2/bot/channel/webhook/endpoint":
		return s.setEndpoint(body)
	default:
		return s.test(r.Context(), body)
	}
}

// next is the next id. The caller holds the lock.
func (s *Server) next() string {
	s.ids++
	return strconv.FormatInt(461230966842064896+s.ids, 10)
}
