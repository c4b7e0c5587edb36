package matrix_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
)

// files serves a file of so many bytes, /<n>, without its length at /chunked/<n>, or breaks off in it at /broken/<n>.
func files(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int64
		kind := r.URL.Path[:strings.LastIndex(r.URL.Path, "/")]
		_, _ = fmt.Sscan(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], &n)
		w.Header().Set("Content-Type", "image/png")
		switch kind {
		case "/chunked":
			w.(http.Flusher).Flush()
		case "/broken":
			w.Header().Set("Content-Length", fmt.Sprint(n+1))
		default:
			w.Header().Set("Content-Length", fmt.Sprint(n))
		}
		_, _ = io.CopyN(w, zeros{}, n)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func size(r io.Reader) int64 {
	n, _ := io.Copy(io.Discard, r)
	return n
}

// matrixDedupe is the key by which a repeated call is known.
func matrixDedupe(c webhook.Call) string { return matrix.Network.Webhook.Dedupe.Find(c) }
