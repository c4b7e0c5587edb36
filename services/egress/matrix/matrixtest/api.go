package matrixtest

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
)

// File is a file of the media repository.
type File struct {
	MediaType string
	Data      []byte
}

type answer struct {
	status int
	body   any
	file   *File
	header http.Header
}

func done(body any) answer { return answer{status: http.StatusOK, body: body} }

func failed(status int, code string) answer {
	return answer{status: status, body: map[string]any{"errcode": code, "error": "the stand-in says so"}}
}

// Write implements [standin.Answer].
func (a answer) Write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.file != nil {
		w.Header().Set("Content-Type", a.file.MediaType)
		_, _ = w.Write(a.file.Data)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body)
}

type object = map[string]any

// answer does what a call asks for.
func (s *Server) answer(r *http.Request, body []byte) answer {
	judged := body
	if len(body) == 0 {
		judged = nil
	}
	op, err := s.spec.CheckRequest(r.Method, r.URL.EscapedPath(), r.URL.RawQuery, judged)
	switch {
	case op == nil:
		return failed(http.StatusNotFound, "M_UNRECOGNIZED")
	case err != nil:
		return failed(http.StatusBadRequest, "M_BAD_JSON")
	}
	s.mu.Lock()
	registered := s.registered
	s.mu.Unlock()
	_, path, _ := strings.Cut(op.Name, " ")
	switch {
	case !s.Admits(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")):
		return failed(http.StatusUnauthorized, "M_UNKNOWN_TOKEN")
	case path == "/_matrix/client/v3/register":
		return s.register(body)
	case r.URL.Query().Get("user_id") != s.ghost || !registered:
		return failed(http.StatusForbidden, "M_FORBIDDEN")
	}
	segments := strings.Split(r.URL.EscapedPath(), "/")
	for i := range segments {
		segments[i], _ = url.PathUnescape(segments[i])
	}
	switch {
	case path == "/_matrix/client/v3/sync":
		return s.sync(r)
	case path == "/_matrix/client/v3/account/whoami":
		return done(object{"user_id": s.ghost})
	case path == "/_matrix/media/v3/upload":
		return s.upload(r, body)
	case strings.Contains(path, "/download/"):
		return s.download("mxc://" + segments[len(segments)-2] + "/" + segments[len(segments)-1])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var in object
	_ = json.Unmarshal(body, &in) // judged
	switch {
	case strings.Contains(path, "/account_data/"):
		return s.accountData(r.Method, segments[len(segments)-1], body)
	case strings.Contains(path, "/directory/room/"):
		if id := s.aliases[segments[len(segments)-1]]; id != "" {
			return done(object{"room_id": id, "servers": []string{s.registration.ServerName}})
		}
		return failed(http.StatusNotFound, "M_NOT_FOUND")
	case path == "/_matrix/client/v3/createRoom":
		return s.create(in)
	}
	return s.inRoom(op.Name, segments, r, in)
}

func (s *Server) register(body []byte) answer {
	var in struct{ Username string }
	_ = json.Unmarshal(body, &in)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case in.Username != s.registration.Name:
		return failed(http.StatusBadRequest, "M_EXCLUSIVE")
	case s.registered:
		return failed(http.StatusBadRequest, "M_USER_IN_USE")
	}
	s.registered = true
	return done(object{"user_id": s.ghost})
}

func (s *Server) accountData(method, kind string, body []byte) answer {
	if method == http.MethodPut {
		s.data[kind] = body
		return done(object{})
	}
	if data := s.data[kind]; data != nil {
		return done(json.RawMessage(data))
	}
	return failed(http.StatusNotFound, "M_NOT_FOUND")
}

func (s *Server) create(in object) answer {
	name, _ := in["room_alias_name"].(string)
	alias := "#" + name + ":" + s.registration.ServerName
	if name != "" && s.aliases[alias] != "" {
		return failed(http.StatusBadRequest, "M_ROOM_IN_USE")
	}
	r := s.make(s.ghost)
	if name != "" {
		s.aliases[alias] = r.id
	}
	invited, _ := in["invite"].([]any)
	for _, user := range invited {
		s.member(r, s.ghost, user.(string), "invite")
	}
	return done(object{"room_id": r.id})
}

// inRoom does what concerns one room. The user has to be in it but for joining.
func (s *Server) inRoom(name string, segments []string, r *http.Request, in object) answer {
	room := s.rooms[segments[5]]
	if room == nil {
		return failed(http.StatusForbidden, "M_FORBIDDEN")
	}
	mine := room.members[s.ghost]
	switch {
	case strings.HasSuffix(name, "/join") && (mine == "invite" || mine == "join"):
		if mine == "invite" {
			s.member(room, s.ghost, s.ghost, "join")
		}
		return done(object{"room_id": room.id})
	case mine != "join":
		return failed(http.StatusForbidden, "M_FORBIDDEN")
	case strings.HasSuffix(name, "/leave"):
		s.member(room, s.ghost, s.ghost, "leave")
		return done(object{})
	case strings.HasSuffix(name, "/invite"):
		s.member(room, s.ghost, in["user_id"].(string), "invite")
		return done(object{})
	case strings.Contains(name, "/send/"):
		return s.send(room, r.URL.Path, segments[7], in)
	case strings.Contains(name, "PUT ") && strings.Contains(name, "/state/"):
		return done(object{"event_id": s.add(room, segments[7], s.ghost, &segments[8], in).ID})
	case strings.Contains(name, "/state/"):
		if m := room.members[segments[8]]; segments[7] == "m.room.member" && m != "" {
			return done(object{"membership": m})
		}
		return failed(http.StatusNotFound, "M_NOT_FOUND")
	case strings.HasSuffix(name, "/joined_members"):
		joined := object{}
		for user, m := range room.members {
			if m == "join" {
				joined[user] = object{}
			}
		}
		return done(object{"joined": joined})
	case strings.Contains(name, "/context/"):
		return done(object{"events_before": room.before(segments[7])})
	default: // the context held everything
		return done(object{"start": "0", "chunk": []any{}})
	}
}

// send takes a message, once for each transaction id.
func (s *Server) send(room *room, path, kind string, content object) answer {
	if left := s.Left(); left > 0 {
		a := failed(http.StatusTooManyRequests, "M_LIMIT_EXCEEDED")
		a.body.(object)["retry_after_ms"] = left.Milliseconds() + 1
		a.header = http.Header{"Retry-After": {fmt.Sprint(math.Ceil(left.Seconds()))}}
		return a
	}
	data, _ := json.Marshal(content)
	if s.spec.CheckContent(kind, data) != nil || len(data) > 65000 {
		return failed(http.StatusBadRequest, "M_BAD_JSON")
	}
	if s.sent[path] == "" {
		s.sent[path] = s.add(room, kind, s.ghost, nil, content).ID
	}
	return done(object{"event_id": s.sent[path]})
}

// before are the events before this one, newest first.
func (r *room) before(id string) []event {
	out := []event{}
	for _, e := range r.events {
		if e.ID == id {
			break
		}
		out = append([]event{e}, out...)
	}
	return out
}

func (s *Server) upload(r *http.Request, body []byte) answer {
	if r.ContentLength < 0 {
		return failed(http.StatusBadRequest, "M_UNKNOWN")
	}
	return done(object{"content_uri": s.AddFile(File{r.Header.Get("Content-Type"), body})})
}

// AddFile puts a file into the media repository and returns its address.
func (s *Server) AddFile(f File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	uri := fmt.Sprintf("mxc://%s/f%d", s.registration.ServerName, len(s.files)+1)
	s.files[uri] = f
	return uri
}

// File is a file of the media repository.
func (s *Server) File(uri string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[uri]
	return f, ok
}

func (s *Server) download(uri string) answer {
	if f, ok := s.File(uri); ok {
		return answer{status: http.StatusOK, file: &f}
	}
	return failed(http.StatusNotFound, "M_NOT_FOUND")
}
