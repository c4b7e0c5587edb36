package answer_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/ingress/answer"
)

// A refusal is one of the platform's contract, whatever the status; one for want of a credential says which kind is taken.
func TestARefusalKeepsTheContract(t *testing.T) {
	t.Parallel()
	for status, challenge := range map[int]string{http.StatusUnauthorized: "Bearer", http.StatusNotFound: "", http.StatusServiceUnavailable: ""} {
		w := httptest.NewRecorder()
		answer.Refuse(w, status, "try again later")
		_, err := customchannel.DecodeAnswer(w.Code, w.Body.Bytes())
		refusal, ok := errors.AsType[*customchannel.Refusal](err)
		if !ok || refusal.Status != status || refusal.Message != "try again later" {
			t.Errorf("%d: %v", status, err)
		}
		if w.Header().Get("Content-Type") != "application/json" || w.Header().Get("WWW-Authenticate") != challenge {
			t.Errorf("%d: %v", status, w.Header())
		}
	}
	w := httptest.NewRecorder()
	answer.NotAllowed(w, []string{http.MethodGet, http.MethodPost})
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, POST" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
}

// What a network is answered is what its policy says. A handshake holds what its caller wrote: no browser may take it for a page.
func TestAnAnswerIsWhatThePolicySays(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	answer.Declared(w, webhook.Answer{Status: 202, ContentType: "text/plain", Body: "<b>challenge</b>", Header: map[string]string{"X-Slack-No-Retry": "1", "Content-Type": "text/html"}})
	h := w.Header()
	if w.Code != 202 || w.Body.String() != "<b>challenge</b>" || h.Get("X-Slack-No-Retry") != "1" || h.Get("Content-Type") != "text/plain" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d, %v, %s", w.Code, h, w.Body)
	}
}

// Who has hung up is no trouble of ours: it is logged where everything is.
func TestACallerThatHungUpIsNoError(t *testing.T) {
	t.Parallel()
	for _, hungUp := range []bool{false, true} {
		ctx, hangUp := context.WithCancel(t.Context())
		defer hangUp()
		if hungUp {
			hangUp()
		}
		var b bytes.Buffer
		log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
		answer.Failed(log, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), "file not read", errors.New("because"), "file", "a")
		level := map[bool]string{false: "level=ERROR", true: "level=DEBUG"}[hungUp]
		if !strings.Contains(b.String(), level) || !strings.Contains(b.String(), `msg="file not read" file=a err=because`) {
			t.Errorf("hung up %v: %s", hungUp, b.String())
		}
	}
}
