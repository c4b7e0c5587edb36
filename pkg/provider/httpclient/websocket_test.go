package httpclient_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"go.opentelemetry.io/otel/codes"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/telemetry"
)

// socket starts a server that speaks on a websocket.
func socket(t *testing.T, speak func(context.Context, *websocket.Conn)) (base string) {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // it has answered
		}
		defer c.CloseNow()
		speak(r.Context(), c)
	})
}

// echo says each message back.
func echo(ctx context.Context, c *websocket.Conn) {
	for {
		kind, data, err := c.Read(ctx)
		if err != nil || c.Write(ctx, kind, data) != nil {
			return
		}
	}
}

// ws is the request for a websocket there.
func ws(base string) httpclient.Request {
	r := get(base)
	r.URL = strings.Replace(r.URL, "http", "ws", 1)
	return r
}

func TestAWebsocketOutlivesTheContextItWasOpenedIn(t *testing.T) {
	t.Parallel()
	base := socket(t, echo)
	rec := telemetry.NewRecorder()
	c := newClient(t, httpclient.Options{MaxConnections: 1, Tracer: rec.Service("egress-test").Tracer()})
	ctx, cancel := context.WithCancel(t.Context())
	s, err := c.WebSocket(ctx, ws(base))
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := s.Write(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(t.Context()); string(got) != text || err != nil {
			t.Errorf("%q: %v", got, err)
		}
	}
	// the only connection is free for requests
	if r, err := c.Do(t.Context(), httpclient.Request{URL: base}); err != nil || r.Status != http.StatusUnauthorized {
		t.Errorf("%v: %v", r, err)
	}
	s.Close(1000)
	if _, err := s.Read(t.Context()); err == nil {
		t.Error("a closed socket is read")
	}
	span := rec.Ended()[0]
	if span.Name() != "GET" || span.Status().Code != codes.Unset {
		t.Errorf("span %q: %v", span.Name(), span.Status())
	}
}

func TestWhyAWebsocketEnds(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		speak func(context.Context, *websocket.Conn)
		check func(error) bool
	}{
		"a code": {func(_ context.Context, c *websocket.Conn) { _ = c.Close(4004, token) }, func(err error) bool {
			closed, ok := errors.AsType[*httpclient.Closed](err)
			return ok && closed.Code == 4004
		}},
		"no word": {func(context.Context, *websocket.Conn) {}, func(err error) bool { return errors.Is(err, io.EOF) }},
		"a message that is too large": {func(ctx context.Context, c *websocket.Conn) {
			_ = c.Write(ctx, websocket.MessageText, []byte(strings.Repeat(token, 10)))
			_, _, _ = c.Read(ctx)
		}, func(err error) bool { return true }},
	} {
		c := newClient(t, httpclient.Options{})
		r := ws(socket(t, one.speak))
		r.MaxAnswer = 100
		s, err := c.WebSocket(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Read(t.Context())
		if err == nil || !one.check(err) || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
		s.CloseNow()
	}
	c := newClient(t, httpclient.Options{})
	s, err := c.WebSocket(t.Context(), ws(socket(t, echo)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader whose context has ended: %v", err)
	}
}

func TestThePingsOfAWebsocketAreAnswered(t *testing.T) {
	t.Parallel()
	pinged := make(chan error, 1)
	base := socket(t, func(ctx context.Context, c *websocket.Conn) {
		ctx = c.CloseRead(ctx)
		pinged <- c.Ping(ctx)
		<-ctx.Done()
	})
	s, err := newClient(t, httpclient.Options{}).WebSocket(t.Context(), ws(base))
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() { _, err := s.Read(t.Context()); read <- err }()
	if err := <-pinged; err != nil {
		t.Errorf("the far end's ping: %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("our ping: %v", err)
	}
	s.CloseNow()
	if err := <-read; err == nil {
		t.Error("the reader does not end with the socket")
	}
}

func TestAWebsocketThatIsNotGranted(t *testing.T) {
	t.Parallel()
	answering := func(status int) httpclient.Request {
		return ws(serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Said", token)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, token)
		}))
	}
	forged := ws(raw(t, "HTTP/1.1 101 "+token+"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "+token+"\r\n\r\n"))
	inside := ws(closed(t))
	inside.Guarded = true
	for name, one := range map[string]struct {
		r    httpclient.Request
		want result.Class
	}{
		"refused credential": {answering(401), result.Suspended}, "too many": {answering(429), result.Waiting}, "broken": {answering(503), result.Retry},
		"not there": {answering(404), result.Rejected}, "no websocket": {answering(200), result.Retry}, "another protocol": {forged, result.Retry},
		"nobody there": {ws(closed(t)), result.Retry}, "inside": {inside, result.Rejected},
		"no address of the web": {httpclient.Request{URL: "smpp://example.com"}, result.Rejected},
	} {
		rec := telemetry.NewRecorder()
		c := newClient(t, httpclient.Options{Tracer: rec.Service("egress-test").Tracer()})
		_, err := c.WebSocket(t.Context(), one.r)
		if err == nil || outcome.Classify(err).Class != one.want || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v", name, err)
		}
		if spans := rec.Ended(); len(spans) > 0 && spans[0].Status().Code != codes.Error {
			t.Errorf("%s: the span's status is %v", name, spans[0].Status())
		}
	}
}
