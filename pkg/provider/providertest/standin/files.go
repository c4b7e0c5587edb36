package standin

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// NewFiles starts a server of files that hold nothing but zeros, of the type image/png: of n bytes at /<n>, without its
// length at /chunked/<n>, and one that breaks off after n bytes at /broken/<n>. Close ends it.
func NewFiles() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int64
		at := strings.LastIndex(r.URL.Path, "/")
		_, _ = fmt.Sscan(r.URL.Path[at+1:], &n) // what is no number is a file of no bytes
		w.Header().Set("Content-Type", "image/png")
		switch r.URL.Path[:at] {
		case "/chunked":
			_ = http.NewResponseController(w).Flush()
		case "/broken":
			w.Header().Set("Content-Length", fmt.Sprint(n+1))
		default:
			w.Header().Set("Content-Length", fmt.Sprint(n))
		}
		_, _ = io.CopyN(w, zeros{}, n)
	}))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
