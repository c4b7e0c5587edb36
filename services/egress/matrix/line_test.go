package matrix_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// line is a way to a homeserver on which answers can be lost.
type line struct {
	*httptest.Server
	mu   sync.Mutex
	path string
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(r *http.Response) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.path != "" && strings.Contains(r.Request.URL.Path, l.path) {
				l.path = ""
				panic(http.ErrAbortHandler) // closes the connection
			}
			return nil
		},
	}
	l.Server = httptest.NewServer(proxy)
	t.Cleanup(l.Close)
	return l
}

// lose loses the answer to the next call whose path holds this.
func (l *line) lose(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path = path
}
