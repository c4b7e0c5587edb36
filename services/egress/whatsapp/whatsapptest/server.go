package whatsapptest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/whatsapp/internal/oracle"
)

// What the stand-in's number is known by.
const (
	PhoneNumberID = "106540352242922"
	AccessToken   = "EAAJB-test"
	AppSecret     = "5f2b0e8f6d3a4c1d9e7b8a6f5c4d3e2a"
	VerifyToken   = "verify-test"

	display  = "15550783881"
	business = "102290129340398"
	app      = "670843887433847"
)

// Server is one business phone number. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api setting takes it.
	URL string
	// Inbox has what a number or user id was sent; Calls the calls of the API. Faults are for messages: with Code they answer
	// as the Cloud API does, with Status a server's own page. Renew gives the number another access token.
	standin.Inbox[string, Message]
	standin.CallLog[Call]
	standin.Faults
	standin.Credential

	http   *httptest.Server
	judge  *oracle.Oracle
	client *http.Client
	later  sync.WaitGroup // calls of the webhook that are under way
	ctx    context.Context
	cancel context.CancelFunc

	mu         sync.Mutex
	count      int // of ids
	media      map[string]Media
	spelt      map[string]string
	refused    map[string]int
	webhook    string
	subscribed bool     // the app to the business account
	fields     []string // of the app's own subscription; nil for none
	receipts   Receipts
}

// Message is one message that was taken.
type Message struct {
	// ID is its wamid.
	ID string
	// To is the number or user id that it was sent to.
	To string
	// Type is that of the Cloud API: "text", "interactive", "template", …
	Type string
	// Of is the object of that name.
	Of map[string]any
	// Data is what comes back with its receipts.
	Data string
	At   time.Time
}

// Text is the words of a text, or of a template's parameter.
func (m Message) Text() string {
	if m.Type == "template" {
		components, _ := m.Of["components"].([]any)
		for _, c := range components {
			for _, p := range c.(map[string]any)["parameters"].([]any) {
				text, _ := p.(map[string]any)["text"].(string)
				return text
			}
		}
	}
	text, _ := m.Of["body"].(string)
	return text
}

// Call is one call of the API, taken or not.
type Call struct {
	Method string
	// Path has no version.
	Path string
	Body string
	// Status is what it was answered, 0 where the connection was dropped; Code is the error's.
	Status int
	Code   int
}

// NewServer starts the stand-in. Close ends it.
func NewServer() *Server {
	s := &Server{
		judge: oracle.New(), client: &http.Client{Timeout: 10 * time.Second},
		media: map[string]Media{}, spelt: map[string]string{}, refused: map[string]int{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.Renew(AccessToken)
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends the server, the connections to it, and the calls that it is making.
func (s *Server) Close() {
	s.cancel()
	s.http.CloseClientConnections()
	s.http.Close()
	s.later.Wait()
	s.client.CloseIdleConnections()
}

// Account is the number's account, as the configuration has it.
func (s *Server) Account() map[string]any {
	return map[string]any{
		"phone_number_id": PhoneNumberID, "access_token": AccessToken, "app_secret": AppSecret, "verify_token": VerifyToken, "api": s.URL,
	}
}

// answer is what a call is answered.
type answer struct {
	status int
	body   any
	header map[string]string
	after  func() // happens once it is written
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		s.download(w, r, id)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // it broke off: it was not made
	}
	call := Call{Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/v23.0/"), Body: string(body)}
	fault := s.fault(call)
	standin.Serve(w, r, fault, func() answer {
		if a := faulty(fault); a.status != 0 {
			return a
		}
		return s.answer(r, body)
	}, func(a answer, dropped bool) {
		if !dropped {
			call.Status, call.Code = a.status, a.code()
		}
		s.Note(call)
		if dropped && a.after != nil {
			a.after()
		}
	})
}

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
	if a.after != nil {
		a.after()
	}
}

func good(body any) answer { return answer{status: http.StatusOK, body: body} }

// graph is an error in the Graph API's shape.
type graph struct {
	Error struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Code    int    `json:"code"`
		Subcode int    `json:"error_subcode,omitempty"`
		Data    any    `json:"error_data,omitempty"`
		Trace   string `json:"fbtrace_id"`
	} `json:"error"`
}

func failed(status, code, subcode int, details string) answer {
	var g graph
	g.Error.Message, g.Error.Type, g.Error.Code, g.Error.Subcode = fmt.Sprintf("(#%d) %s", code, details), "OAuthException", code, subcode
	g.Error.Data = map[string]any{"messaging_product": "whatsapp", "details": details}
	g.Error.Trace = "AbCdEfGh12345"
	return answer{status: status, body: g}
}

func (a answer) code() int {
	g, _ := a.body.(graph)
	return g.Error.Code
}
