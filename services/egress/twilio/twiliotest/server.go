package twiliotest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
)

// Server is one account's REST API. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api setting takes it.
	URL string
	// Inbox has what a contact was sent; Calls the calls of the API. Faults are for any call, or for messages to a contact.
	// Limit answers every call with 20429, with what is left of it as Retry-After. Renew gives the account another auth token;
	// the old one is refused, and signs no more.
	standin.Inbox[string, Message]
	standin.CallLog[Call]
	standin.Faults
	standin.RateLimit
	standin.Credential

	sid    string
	http   *httptest.Server
	cdn    *cdn
	oracle *oracle.Oracle

	mu       sync.Mutex
	counter  int
	numbers  []*Number
	media    map[string]Media // by path
	byCDN    bool
	optedOut map[string]bool
	full     standin.RateLimit
	early    map[string]string // status that the next message to a contact tells before its answer
	reach    map[string]string // public to actual
}

// Message is one message that was accepted.
type Message struct {
	Sid string
	At  time.Time
	// To is the contact's number, Channel what stood before it: "whatsapp", or "" for an SMS.
	To, Channel string
	// From is the sender, or the Messaging Service.
	From string
	Body string
	// MediaURL is the file's address, "" for none.
	MediaURL string
	// Place is the PersistentAction, "" for none.
	Place string
	// StatusCallback is where its statuses go.
	StatusCallback string
}

// Call is one call of the API, accepted or not.
type Call struct {
	Method, Path string
	Form         url.Values
	// Status is what it was answered, 0 where the connection was dropped; Code is Twilio's, 0 for none.
	Status, Code int
}

// Number is a number of the account.
type Number struct {
	Sid, PhoneNumber string
	// SmsURL and SmsMethod are its webhook.
	SmsURL, SmsMethod string
	// Application is the TwiML app that handles its messages, "" for none.
	Application string
}

// NewServer starts the API of an account with these numbers. Close ends it.
func NewServer(accountSid, authToken string, numbers ...string) *Server {
	s := &Server{
		sid: accountSid, oracle: oracle.New(), media: map[string]Media{},
		optedOut: map[string]bool{}, reach: map[string]string{}, early: map[string]string{},
	}
	s.Renew(authToken)
	for _, n := range numbers {
		s.numbers = append(s.numbers, &Number{Sid: s.newSid("PN"), PhoneNumber: n, SmsMethod: http.MethodPost})
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	s.cdn = newCDN()
	return s
}

// Close ends the server and the connections to it.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
	s.cdn.http.Close()
}

// Number is a number of the account as it is set up, its zero value where it has none such.
func (s *Server) Number(number string) Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.number(func(n *Number) bool { return n.PhoneNumber == number }); n != nil {
		return *n
	}
	return Number{}
}

// SetNumber changes a number, or adds it.
func (s *Server) SetNumber(n Number) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.Sid == "" {
		n.Sid = s.newSid("PN")
	}
	if old := s.number(func(o *Number) bool { return o.PhoneNumber == n.PhoneNumber }); old != nil {
		*old = n
		return
	}
	s.numbers = append(s.numbers, &n)
}

func (s *Server) number(is func(*Number) bool) *Number {
	if i := slices.IndexFunc(s.numbers, is); i >= 0 {
		return s.numbers[i]
	}
	return nil
}

// newSid is called with the lock held, or before there is anybody else.
func (s *Server) newSid(kind string) string {
	s.counter++
	return fmt.Sprintf("%s%032x", kind, s.counter)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return // the request broke off: it was not made
	}
	form, _ := url.ParseQuery(string(body))
	r.Body = io.NopCloser(bytes.NewReader(body))
	call := Call{Method: r.Method, Path: r.URL.Path, Form: form}
	if strings.Contains(r.URL.Path, "/Media/") {
		call.Status = s.download(w, r)
		s.Note(call)
		return
	}
	_, contact := split(form.Get("To"))
	fault := s.fault(contact)
	standin.Serve(w, r, fault, func() answer {
		if fault.Status != 0 {
			return failed(fault.Status, 20500, "Internal Server Error")
		}
		a := s.answer(r, form)
		s.tellEarly(r.Context(), a.message)
		return a
	}, func(a answer, dropped bool) {
		if !dropped {
			call.Status, call.Code = a.status, a.code
		}
		s.Note(call)
	})
}

// tellEarly tells the status of a message that was taken before it is answered, where a test wants that.
func (s *Server) tellEarly(ctx context.Context, m *Message) {
	if m == nil {
		return
	}
	s.mu.Lock()
	status := s.early[m.To]
	delete(s.early, m.To)
	s.mu.Unlock()
	if status != "" {
		_, _ = s.status(ctx, *m, status, 0)
	}
}

// answer is what a call is answered: https://www.twilio.com/docs/usage/twilios-response
type answer struct {
	status, code int
	retryAfter   time.Duration
	body         any
	message      *Message // that it made
}

func done(status int, body any) answer { return answer{status: status, body: body} }

func failed(status, code int, message string) answer {
	return answer{status: status, code: code, body: map[string]any{
		"code": code, "message": message, "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code), "status": status,
	}}
}

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(a.retryAfter.Seconds())+1))
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}
