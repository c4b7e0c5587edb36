package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// Message is what a person was sent.
type Message struct {
	// Thread is the message that it answers, "" for none.
	Thread string
	// Text is as it was sent, with its escapes; of a file it is the caption.
	Text string
	// Buttons are the values of the buttons below it.
	Buttons []string
	// File is the name of a file, and Size what came of it.
	File string
	Size int
}

// Server is one workspace with one app. It is safe for concurrent use.
type Server struct {
	standin.Inbox[string, Message] // by user id
	// URL is where it is.
	URL string

	bot, app string
	server   *httptest.Server

	mu    sync.Mutex
	last  int // of ids, of all kinds
	files map[string]*upload

	sockets sockets
}

// upload is a file that was announced.
type upload struct {
	name         string
	length, size int
}

// New starts a server whose tokens are these. Close ends it.
func New(bot, app string) *Server {
	s := &Server{bot: bot, app: app, files: map[string]*upload{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.call)
	mux.HandleFunc("POST /upload/v1/{id}", s.take)
	mux.HandleFunc("GET /link/", s.link)
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL
	return s
}

// Close ends all connections.
func (s *Server) Close() {
	s.sockets.close()
	s.server.Close()
}

// id is an id that no other has.
func (s *Server) id(kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return fmt.Sprintf("%s%09d", kind, s.last)
}

// ts is a time that no other message has.
func (s *Server) ts() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return fmt.Sprintf("%d.%06d", time.Now().Unix(), s.last)
}

type object = map[string]any

// call answers a call of a method, always with status 200.
func (s *Server) call(w http.ResponseWriter, r *http.Request) {
	answer, refused := object{}, ""
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	want := s.bot
	if r.PathValue("method") == "apps.connections.open" {
		want = s.app
	}
	switch {
	case token == "":
		refused = "not_authed"
	case token != s.bot && token != s.app:
		refused = "invalid_auth"
	case token != want:
		refused = "not_allowed_token_type"
	default:
		answer, refused = s.do(r)
	}
	answer["ok"] = refused == ""
	if refused != "" {
		answer["error"] = refused
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-OAuth-Scopes", "chat:write,files:read,files:write,im:history,im:write")
	_ = json.NewEncoder(w).Encode(answer)
}

// do does what a call asks for, or says why not.
func (s *Server) do(r *http.Request) (answer object, refused string) {
	switch r.PathValue("method") {
	case "auth.test":
		return object{"url": s.URL, "team": "Acme", "user": "support", "team_id": "T1", "user_id": "U0APP", "bot_id": "B1"}, ""
	case "apps.connections.open":
		return object{"url": "ws" + strings.TrimPrefix(s.URL, "http") + "/link/?ticket=" + s.id("t")}, ""
	case "conversations.open":
		user := r.FormValue("users")
		if !strings.HasPrefix(user, "U") {
			return object{}, "user_not_found"
		}
		return object{"channel": object{"id": Channel(user)}}, ""
	case "chat.postMessage":
		return s.post(r)
	case "files.getUploadURLExternal":
		id, length := s.id("F"), 0
		if _, err := fmt.Sscan(r.FormValue("length"), &length); err != nil || length <= 0 || r.FormValue("filename") == "" {
			return object{}, "missing_argument"
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.files[id] = &upload{name: r.FormValue("filename"), length: length}
		return object{"upload_url": s.URL + "/upload/v1/" + id, "file_id": id}, ""
	case "files.completeUploadExternal":
		return s.share(r)
	default:
		return object{}, "unknown_method"
	}
}

// Channel is the direct message channel of the app with somebody.
func Channel(user string) string { return "D" + strings.TrimPrefix(user, "U") }

// user is whose direct message channel it is, "" for none.
func user(channel string) string {
	if rest, ok := strings.CutPrefix(channel, "D"); ok && rest != "" {
		return "U" + rest
	}
	return ""
}

func (s *Server) post(r *http.Request) (object, string) {
	to := user(r.FormValue("channel"))
	m := Message{Thread: r.FormValue("thread_ts"), Text: r.FormValue("text")}
	var blocks []struct {
		Elements []struct{ Value string }
	}
	switch blocksJSON := r.FormValue("blocks"); {
	case to == "":
		return object{}, "channel_not_found"
	case m.Text == "" && blocksJSON == "":
		return object{}, "no_text"
	case blocksJSON != "" && json.Unmarshal([]byte(blocksJSON), &blocks) != nil:
		return object{}, "invalid_blocks_format"
	}
	for _, b := range blocks {
		for _, e := range b.Elements {
			m.Buttons = append(m.Buttons, e.Value)
		}
	}
	s.Keep(to, m)
	ts := s.ts()
	return object{"channel": r.FormValue("channel"), "ts": ts, "message": object{"type": "message", "text": m.Text, "ts": ts, "bot_id": "B1"}}, ""
}

// take takes a file's bytes, as they are or as a form. It is fine where it has as many as were told.
// https://docs.slack.dev/messaging/working-with-files#uploading_files
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if form, err := r.MultipartReader(); err == nil {
		if body, err = form.NextPart(); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	data, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	file := s.files[r.PathValue("id")]
	if err != nil || file == nil || len(data) != file.length {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	file.size = len(data)
	_, _ = fmt.Fprintf(w, "OK - %d", len(data))
}

func (s *Server) share(r *http.Request) (object, string) {
	to := user(r.FormValue("channel_id"))
	var files []struct{ ID, Title string }
	if json.Unmarshal([]byte(r.FormValue("files")), &files) != nil || len(files) == 0 {
		return object{}, "invalid_arguments"
	}
	if to == "" {
		return object{}, "channel_not_found"
	}
	for _, f := range files {
		s.mu.Lock()
		file := s.files[f.ID]
		s.mu.Unlock()
		if file == nil || file.size == 0 {
			return object{}, "file_not_found"
		}
		s.Keep(to, Message{Thread: r.FormValue("thread_ts"), Text: r.FormValue("initial_comment"), File: file.name, Size: file.size})
	}
	return object{"files": files}, ""
}
