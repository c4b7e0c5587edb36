package stage

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// Server is the stand-in for a network's API: it answers what a conversation says, in order.
type Server struct {
	// Repeat says that the last answer serves all requests that follow.
	Repeat bool

	http    *http.Server
	pipes   *pipes              // what HTTP is spoken over
	sockets *pipes              // what peers speak over
	peer    func(net.Conn) Peer // nil where there is none
	secrets map[string]string
	running context.Context // ends when the server is closed
	stop    context.CancelFunc

	mu       sync.Mutex
	open     conns // of peers
	unsaid   error
	answers  []string
	requests []string // rendered, in order
	surplus  int      // requests beyond the answers
	dropped  string   // the last request, where its answer was to drop it
	held     func()   // is told that a request is held
	tokens   tokens   // that were given
}

func newServer(peer func(net.Conn) Peer) *Server {
	s := &Server{pipes: newPipes(standIn), sockets: newPipes(peerAt), peer: peer, open: conns{}}
	s.running, s.stop = context.WithCancel(context.Background())
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)}
	go s.http.Serve(s.pipes) //nolint:errcheck // it ends when the server is closed
	if peer != nil {
		go s.accept()
	} else {
		_ = s.sockets.Close()
	}
	return s
}

// URL is where the stand-in is reached.
func (s *Server) URL() string { return "http://" + standIn }

func (s *Server) close() {
	s.stop()
	_ = s.http.Close() // a server that closes twice is closed
	_ = s.sockets.Close()
	s.open.closeAll(&s.mu)
}

// Expect begins an act: these are its answers.
func (s *Server) Expect(answers []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers, s.requests, s.surplus, s.dropped, s.unsaid = answers, nil, 0, "", nil
}

// Seen ends an act.
func (s *Server) Seen() (requests []string, surplus, unused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.surplus, len(s.answers)
}

// Asked is how many requests the act has made so far.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the request broke off: it was not made
	}
	answer, ok := s.next(conversation.RenderRequest(r, body, s.URL(), s.secrets))
	if !ok {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	answer = strings.ReplaceAll(answer, "<server>", s.URL())
	switch strings.TrimSpace(answer) {
	case drop:
		panic(http.ErrAbortHandler) // closes the connection
	case "cut":
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "4096")
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "hold":
		s.hold(r.Context())
		panic(http.ErrAbortHandler)
	}
	head, content, _ := strings.Cut(answer, "\n\n")
	line, headers, _ := strings.Cut(head, "\n")
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(headers + "\n\n"))).ReadMIMEHeader()
	status, bad := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || bad != nil {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	if status == http.StatusSwitchingProtocols && upgrades(r) {
		s.frames(w, r, content)
		return
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	content = strings.TrimSuffix(content, "\n")
	if w.Header().Get("Content-Type") == "" && strings.HasPrefix(content, "{") {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, content)
}

// hold leaves a request unanswered until it is given up.
func (s *Server) hold(ctx context.Context) {
	s.holding()
	<-ctx.Done()
}

// holding tells that a request is held.
func (s *Server) holding() {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	if held != nil {
		held()
	}
}

// OnHold says who is told that a request is held.
func (s *Server) OnHold(held func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
}

// next is a request's answer. net/http makes a GET, or what has an idempotency key, again by itself when a connection that
// was used before breaks: that is the same request, and it is dropped again.
func (s *Server) next(request string) (answer string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if request == s.dropped && (strings.HasPrefix(request, http.MethodGet+" ") || strings.Contains(request, "\nIdempotency-Key: ")) {
		s.dropped = ""
		return drop, true
	}
	s.requests, s.dropped = append(s.requests, request), ""
	s.tokens.asked(request)
	if len(s.answers) == 0 {
		s.surplus++
		return "", false
	}
	answer = s.answers[0]
	if !s.Repeat || len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	if strings.TrimSpace(answer) == drop {
		s.dropped = request
	}
	s.tokens.answered(answer, s.secrets)
	return answer, true
}

// drop is the answer that closes the connection instead.
const drop = "drop"
