package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/sandbox"
)

// What the gateway knows of a message's way is drawn between both ends, in the page's language.
func TestTheWayOfAMessageIsDrawn(t *testing.T) {
	t.Parallel()
	state := controlv1.State_STATE_WAITING
	s := sandbox.New(sandbox.Config{
		Channels:   []sandbox.Channel{{ID: "c1", Network: "telegram", ContactID: customchannel.Custom, Token: provider.NewSecret("t")}},
		APIBaseURL: func() string { return "http://127.0.0.1:8080" },
		Console:    func() string { return "http://127.0.0.1:8081/console/enter?link=a" },
		Way: func(_ context.Context, id string) (*controlv1.Message, error) {
			if id != "01a2" {
				return nil, errors.New("not known")
			}
			return &controlv1.Message{Id: id, State: state, Why: &reasonv1.Reason{En: "told to wait <6 s>", Es: "pidió esperar <6 s>"}, AcceptedAt: timestamppb.New(time.Now().Add(-time.Second)), Parts: 1}, nil
		},
	})
	get := func(path, language string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "localhost:8080"
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	if w := get("/sandbox/api/way/01a2", "es"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "espera: pidió esperar &lt;6 s&gt;") || w.Header().Get("Puente-Ended") != "" {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), w.Body)
	}
	state = controlv1.State_STATE_READ
	if w := get("/sandbox/api/way/01a2", "en"); !strings.Contains(w.Body.String(), "read: told to wait") || w.Header().Get("Puente-Ended") == "" {
		t.Errorf("%v\n%s", w.Header(), w.Body)
	}
	if w := get("/sandbox/api/way/other", "en"); w.Code != http.StatusNoContent {
		t.Errorf("one that is not known yet: %d", w.Code)
	}
	if w := get("/sandbox/console", "en"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "http://127.0.0.1:8081/console/") {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := get("/", "es"); !strings.Contains(w.Body.String(), `id="way"`) || !strings.Contains(w.Body.String(), `href="/sandbox/console"`) {
		t.Error(w.Body)
	}
}

// Where nobody tells it, the page does not promise it.
func TestAPageWithoutWays(t *testing.T) {
	r := start(t)
	if body := r.page("", "en").Body.String(); strings.Contains(body, `id="way"`) || strings.Contains(body, "/sandbox/console") {
		t.Error(body)
	}
	for _, path := range []string{"/sandbox/api/way/01a2", "/sandbox/console"} {
		if status := r.call(http.MethodGet, path, "", nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}
