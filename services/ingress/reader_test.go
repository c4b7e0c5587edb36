package ingress_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/ingress/files"
)

func TestFilesAreReadByAConnectionOfTheirOwn(t *testing.T) {
	t.Parallel()
	store := bustest.Start(t).Connect("files")
	e := newEdge(t, func(o *ingress.Options) { o.Files = media.New(store) })
	f, err := media.New(store).Put(t.Context(), "testnet", "a.png", "image/png", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if a := e.call(http.MethodGet, "/media/"+f.ID, nil, ""); a.status != http.StatusOK || a.body != "x" {
		t.Errorf("%d %q", a.status, a.body)
	}
	store.Close(t.Context())
	if a := e.call(http.MethodGet, "/media/"+f.ID, nil, ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("without it: %d", a.status)
	}
	e.post(custom, textTo("ana", "Hola")).mID(t)
}

// TestReadersThatStallAreCutOff: as many as may read at all begin, and read nothing.
func TestReadersThatStallAreCutOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.WriteTimeout = 200 * time.Millisecond })
	large := e.file("a.mp4", "video/mp4", strings.Repeat("x", 16<<20)) // more than the system takes for a reader
	small := e.file("a.png", "image/png", "x")
	for range files.MostOfCaller {
		conn, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		fmt.Fprintf(conn, "GET /media/%s HTTP/1.1\r\nHost: edge\r\n\r\n", large.ID)
	}
	eventually(t, "the places are taken", func() bool { return e.in.Reading() >= files.MostOfCaller })
	eventually(t, "another reads", func() bool { return e.call(http.MethodGet, "/media/"+small.ID, nil, "").status == http.StatusOK })
	eventually(t, "all places are free", func() bool { return e.in.Reading() == 0 })
}

// TestOneWhoTakesNoAnswersIsCutOff: calls without end, and nobody who reads what they are answered.
func TestOneWhoTakesNoAnswersIsCutOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.WriteTimeout = 200 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(e.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	calls := []byte(strings.Repeat("GET /nothing HTTP/1.1\r\nHost: edge\r\n\r\n", 1000))
	for range 10_000 { // more than the system takes for a reader
		if _, err = conn.Write(calls); err != nil {
			break
		}
	}
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection is still there: %v", err)
	}
}

func TestACallerThatHangsUpIsNoError(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	f := e.file("a.png", "image/png", "x")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	read := httptest.NewRequestWithContext(gone, http.MethodGet, "/media/"+f.ID, nil)
	call := httptest.NewRequestWithContext(gone, http.MethodPost, "/webhooks/testnet/"+custom, strings.NewReader(`{"id": 1}`))
	call.Header.Set("X-Test-Token", secret)
	for _, r := range []*http.Request{read, call} {
		w := httptest.NewRecorder()
		e.in.ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d: the context was not used", r.URL.Path, w.Code)
		}
	}
	if log := e.log.String(); strings.Contains(log, "level=ERROR") {
		t.Error(log)
	}
}
