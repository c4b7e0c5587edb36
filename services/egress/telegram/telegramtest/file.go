package telegramtest

import (
	"fmt"
	"net/http"
	"strings"
)

// File is a file that contacts sent, to be had by its id.
type File struct {
	Data []byte
	// Path is its file_path; default "documents/<id>".
	Path string
	// Size is what getFile says; default the length of Data. Telegram hands out up to 20 MB.
	Size int64
}

// AddFile makes a file one that getFile knows.
func (s *Server) AddFile(id string, f File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Path == "" {
		f.Path = "documents/" + id
	}
	if f.Size == 0 {
		f.Size = int64(len(f.Data))
	}
	s.files[id] = f
}

func (s *Server) getFile(id string) answer {
	f, ok := s.files[id]
	switch {
	case !ok:
		return bad("invalid file_id")
	case f.Size > 20<<20:
		return bad("file is too big")
	}
	return done(map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": f.Size, "file_path": f.Path})
}

// download serves /file/bot<token>/<path>.
func (s *Server) download(w http.ResponseWriter, path string) {
	token, path, _ := strings.Cut(path, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Admits(token) {
		failed(http.StatusUnauthorized, "Unauthorized").Write(w)
		return
	}
	for _, f := range s.files {
		if f.Path == path {
			w.Header().Set("Content-Type", "application/octet-stream") // Telegram does not tell
			w.Header().Set("Content-Length", fmt.Sprint(len(f.Data)))
			_, _ = w.Write(f.Data)
			return
		}
	}
	failed(http.StatusNotFound, "Not Found").Write(w)
}
