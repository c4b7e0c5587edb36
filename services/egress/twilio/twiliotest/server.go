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

	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
)

// Server is one account's REST API. It is safe for concurrent use.
type Server struct {
	// URL is where it listens, as an account's api setting takes it.
	URL string

	sid    string
	http   *httptest.Server
	cdn    *cdn
	oracle *oracle.Oracle

	mu       sync.Mutex
	token    string
	revoked  bool
	counter  int
	messages map[string][]Message // by contact
	calls    []Call
	numbers  []*Number
	media    map[string]Media // by path
	byCDN    bool
	optedOut map[string]bool
	limited  time.Time
	full     time.Time
	faults   []Fault
	reach    map[string]string // public to actual
	changed  chan struct{}     // closed, and replaced, with every message
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
		sid: accountSid, token: authToken, oracle: oracle.New(), messages: map[string][]Message{}, media: map[string]Media{},
		optedOut: map[string]bool{}, reach: map[string]string{}, changed: make(chan struct{}),
	}
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

// Messages are the messages that a contact was sent, in order.
func (s *Server) Messages(contact string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages[contact])
}

// Wait is like Messages once there are n of them, or an error when the context ends before.
func (s *Server) Wait(ctx context.Context, contact string, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		sent, changed := slices.Clone(s.messages[contact]), s.changed
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

// Calls are all calls so far, in the order they were answered.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
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
		s.note(call)
		return
	}
	_, contact := split(form.Get("To"))
	fault := s.fault(contact)
	fault.wait(r.Context())
	if fault.DropBefore {
		s.note(call)
		panic(http.ErrAbortHandler)
	}
	a := failed(fault.Status, 20500, "Internal Server Error")
	if fault.Status == 0 {
		a = s.answer(r, form)
	}
	if a.message != nil && fault.Early != "" {
		_, _ = s.status(r.Context(), *a.message, fault.Early, 0)
	}
	if !fault.DropAfter {
		call.Status, call.Code = a.status, a.code
	}
	s.note(call)
	if fault.DropAfter {
		panic(http.ErrAbortHandler)
	}
	a.write(w)
}

func (s *Server) note(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
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

func (a answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(a.retryAfter.Seconds())+1))
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}
