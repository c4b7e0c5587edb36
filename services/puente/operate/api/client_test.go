package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/operatetest"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Each call, a single question or a stream, shows the token and says who calls.
func TestEveryCallShowsTheToken(t *testing.T) {
	t.Parallel()
	bridge := operatetest.New().Handler()
	var calls, named atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.Header.Get("Authorization") == "Bearer secret" && r.Header.Get("User-Agent") == version.UserAgent() {
			named.Add(1)
		}
		bridge.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	c := api.NewClient(api.Place{URL: s.URL, Token: "secret"})
	if a, err := api.Ask(t.Context(), api.AnswerWithin, c.Channels.ListChannels, &controlv1.ListChannelsRequest{}); err != nil || len(a.GetChannels()) == 0 {
		t.Errorf("%v, %v", a, err)
	}
	stream, err := c.Messages.Watch(t.Context(), connect.NewRequest(&controlv1.WatchRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if !stream.Receive() {
		t.Error(stream.Err())
	}
	if calls.Load() != 2 || named.Load() != 2 {
		t.Errorf("%d of %d calls said who calls", named.Load(), calls.Load())
	}
}

// The token is for this API alone: whatever it answers, nobody else is shown it.
func TestNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	var shown atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { shown.Add(1) }))
	t.Cleanup(other.Close)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(s.Close)
	c := api.NewClient(api.Place{URL: s.URL, Token: "secret"})
	if _, err := api.Ask(t.Context(), api.AnswerWithin, c.System.Status, &controlv1.StatusRequest{}); err == nil || strings.Contains(err.Error(), "secret") || shown.Load() > 0 {
		t.Errorf("%v; the other was called %d times", err, shown.Load())
	}
}

// A bridge that does not answer is waited for as long as was said, and no longer.
func TestAnAnswerThatDoesNotCome(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(ended) }) // before the server is closed, which waits for its calls
	c := api.NewClient(api.Place{URL: s.URL})
	if _, err := api.Ask(t.Context(), 50*time.Millisecond, c.System.Status, &controlv1.StatusRequest{}); connect.CodeOf(err) != connect.CodeDeadlineExceeded {
		t.Error(err)
	}
}
