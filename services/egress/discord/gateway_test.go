package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/discord"
)

// far is Discord, in a bubble: a gateway that tells what it was told, and a REST API that is a function.
type far struct {
	sender provider.Sender
	rest   http.HandlerFunc
	breaks websocket.StatusCode // every session is ended with it as soon as it has begun; 0 for none

	mu     sync.Mutex
	told   []string // what the gateway was told, by op, and how connections were closed
	called []string
	push   []string // what it says once it knows who is there
}

const api = "http://discord.test"

func at(t *testing.T, rest http.HandlerFunc) *far {
	t.Helper()
	f := &far{rest: rest}
	conns := make(chan net.Conn)
	server := &http.Server{Handler: f}
	listener := &pipes{conns: conns, done: make(chan struct{})}
	go func() { _ = server.Serve(listener) }()
	client := httpclient.New(httpclient.Options{Configured: []string{api}})
	client.DialThrough(func(func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			conns <- theirs
			return ours, nil
		}
	})
	t.Cleanup(func() { client.Close(); server.Close() })
	bound, err := discord.Network.Bind(json.RawMessage(`{"token": "MTAwMDAwMDAwMDAwMDAwMDAx.a.b", "api": "` + api + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	if f.sender, err = bound.Open(provider.Host{Client: client}); err != nil {
		t.Fatal(err)
	}
	return f
}

// pipes listens for connections that are made in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Upgrade") != "":
		f.gateway(w, r)
	case r.URL.Path == "/api/v10/gateway/bot":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"url": "` + api + `"}`))
	default:
		f.mu.Lock()
		f.called = append(f.called, r.Method+" "+r.URL.Path)
		f.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		f.rest(w, r)
	}
}

func (f *far) tell(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, what)
}

func (f *far) gateway(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow() //nolint:errcheck // it is closed either way
	say := func(text string) { _ = c.Write(r.Context(), websocket.MessageText, []byte(text)) }
	say(`{"op": 10, "d": {"heartbeat_interval": 41250}}`)
	for {
		_, data, err := c.Read(r.Context())
		if err != nil {
			f.tell("closed " + websocket.CloseStatus(err).String())
			return
		}
		var in struct {
			Op int
			D  struct {
				Session string `json:"session_id"`
				Seq     json.Number
			}
		}
		_ = json.Unmarshal(data, &in)
		f.mu.Lock()
		push := f.push
		f.mu.Unlock()
		switch in.Op {
		case 1:
			say(`{"op": 11}`)
		case 2:
			f.tell("identify")
			if f.breaks != 0 {
				say(`{"op": 0, "s": 1, "t": "READY", "d": {"session_id": "s1", "resume_gateway_url": "` + api + `/resume"}}`)
				_ = c.Close(f.breaks, "")
				return
			}
			say(`{"op": 0, "s": 1, "t": "READY", "d": {"session_id": "s1", "resume_gateway_url": "` + api + `/resume"}}`)
			for _, text := range push {
				say(text)
			}
		case 6:
			f.tell("resume " + in.D.Session + " " + in.D.Seq.String() + " at " + r.URL.Path)
			for _, text := range push {
				say(text)
			}
		}
	}
}

func said(seq, id, text string) string {
	return `{"op": 0, "s": ` + seq + `, "t": "MESSAGE_CREATE", "d": {"id": "` + id + `", "channel_id": "300000000000000007", "author": {"id": "200000000000000005", "username": "ana"}, "content": "` + text + `", "type": 0}}`
}

// shelf stores what is heard.
type shelf struct {
	cursor string
	keys   []string
	full   bool
}

var errFull = errors.New("full")

func (s *shelf) store(_ context.Context, cursor string, heard ...provider.Heard) error {
	if s.full && len(heard) > 0 {
		return errFull
	}
	for _, h := range heard {
		s.keys = append(s.keys, h.Key)
	}
	s.cursor = cursor
	return nil
}

// listen listens for as long as something happens; the error is that of Listen.
func (f *far) listen(t *testing.T, s *shelf) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- f.sender.(provider.Listener).Listen(ctx, s.cursor, s.store) }()
	synctest.Wait()
	stop()
	err := <-done
	synctest.Wait() // the gateway has seen the end of the connection
	return err
}

// Whoever takes over resumes the session, and so is told what was not stored: by a process that was stopped, and by one that
// could not store, or died before it had.
func TestASessionOutlivesItsProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := at(t, nil), &shelf{}
		f.push = []string{said("2", "400000000000000050", "uno")}
		if err := f.listen(t, s); err != nil {
			t.Errorf("the first: %v", err)
		}
		f.push = []string{said("3", "400000000000000051", "dos")}
		s.full = true
		if err := f.listen(t, s); !errors.Is(err, errFull) {
			t.Errorf("who cannot store: %v", err)
		}
		s.full = false
		if err := f.listen(t, s); err != nil {
			t.Errorf("the third: %v", err)
		}
		want := []string{
			"identify", "closed StatusCode(4000)", "resume s1 2 at /resume/", "closed StatusCode(4000)", "resume s1 2 at /resume/", "closed StatusCode(4000)",
		}
		if !slices.Equal(f.told, want) {
			t.Errorf("the gateway was told %q, want %q", f.told, want)
		}
		if !slices.Equal(s.keys, []string{"400000000000000050", "400000000000000051"}) {
			t.Errorf("stored %q", s.keys)
		}
	})
}

// A fault that ends every session for a day costs a fifth of the sessions that Discord lets a bot begin, whatever process listens.
func TestBrokenSessionsOfADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := at(t, nil), &shelf{}
		f.breaks = 4009
		for end := time.Now().Add(24 * time.Hour); time.Now().Before(end); {
			err := f.sender.(provider.Listener).Listen(t.Context(), s.cursor, s.store)
			failed := outcome.Classify(err)
			if failed == nil {
				t.Fatal("a session that is over is no error")
			}
			provider.Pause(t.Context(), max(failed.After, time.Second))
		}
		if n := len(f.told); n < 100 || n > 200 {
			t.Errorf("%d sessions were begun", n)
		}
	})
}

func text(to, body string) *messagev1.Message {
	return &messagev1.Message{Id: "m" + body, Contact: &messagev1.Contact{Address: to}, Content: content.Text(body)}
}

// The channel of a contact is asked for once, not at all where the contact has written, and anew where it is gone.
func TestAChannelIsAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := false
		f := at(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/users/@me/channels"):
				_, _ = w.Write([]byte(`{"id": "300000000000000008"}`))
			case gone && strings.Contains(r.URL.Path, "300000000000000007"):
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte(`{"code": 10003, "message": "Unknown Channel"}`))
			default:
				_, _ = w.Write([]byte(`{"id": "400000000000000099"}`))
			}
		})
		send := func(to, body, want string) {
			t.Helper()
			sent, err := f.sender.Send(t.Context(), text(to, body))
			if err != nil || sent.Ref != want+":400000000000000099" {
				t.Errorf("%s: %v, %v", body, sent, err)
			}
		}
		send("200000000000000006", "uno", "300000000000000008")
		send("200000000000000006", "dos", "300000000000000008")
		f.push = []string{said("2", "400000000000000050", "hola")}
		if err := f.listen(t, &shelf{}); err != nil {
			t.Error(err)
		}
		send("200000000000000005", "tres", "300000000000000007")
		gone = true
		send("200000000000000005", "cuatro", "300000000000000008")
		want := []string{
			"POST /api/v10/users/@me/channels", "POST /api/v10/channels/300000000000000008/messages", "POST /api/v10/channels/300000000000000008/messages",
			"POST /api/v10/channels/300000000000000007/messages", "POST /api/v10/channels/300000000000000007/messages",
			"POST /api/v10/users/@me/channels", "POST /api/v10/channels/300000000000000008/messages",
		}
		if !slices.Equal(f.called, want) {
			t.Errorf("called %q", f.called)
		}
	})
}
