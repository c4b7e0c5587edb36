package xmpp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/xmpp"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// server is an XMPP server in a bubble, with one component.
type server struct {
	sender provider.Sender

	mu   sync.Mutex
	seen []*stanza.Element
	conn net.Conn
}

// at opens a component at a server. said is given each stanza and answers it through say; where it does not want to, a ping is
// handed back and all else taken.
func at(t *testing.T, said func(e *stanza.Element, say func(string)) bool) *server {
	t.Helper()
	s := &server{}
	client := httpclient.New(httpclient.Options{})
	t.Cleanup(client.Close)
	client.DialThrough(func(func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			s.mu.Lock()
			s.conn = theirs
			s.mu.Unlock()
			go s.serve(theirs, said)
			return ours, nil
		}
	})
	bound, err := xmpp.Network.Bind(json.RawMessage(`{"url": "xmpp://127.0.0.1:5347", "address": "support@bridge.example.com", "secret": "s3cret"}`))
	if err != nil {
		t.Fatal(err)
	}
	if s.sender, err = bound.Open(provider.Host{Client: client}); err != nil {
		t.Fatal(err)
	}
	return s
}

const header = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='bridge.example.com' id='s1'>"

func (s *server) serve(c net.Conn, said func(*stanza.Element, func(string)) bool) {
	defer c.Close()
	in := stanza.NewReader(c)
	if _, err := in.Open(); err != nil {
		return
	}
	s.say(header)
	if _, err := in.Next(); err != nil {
		return
	}
	s.say("<handshake/>")
	for {
		e, err := in.Next()
		if err != nil {
			if said == nil || !said(nil, s.say) {
				s.say(stanza.Footer)
			}
			return
		}
		s.mu.Lock()
		s.seen = append(s.seen, e)
		s.mu.Unlock()
		if (said == nil || !said(e, s.say)) && e.Name == "iq" {
			s.say(e.String())
		}
	}
}

func (s *server) say(text string) {
	s.mu.Lock()
	c := s.conn
	s.mu.Unlock()
	_, _ = io.WriteString(c, text)
}

// names are those of what the server was told.
func (s *server) names() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.seen {
		all = append(all, strings.TrimSpace(e.Name+" "+e.Attr("type")))
	}
	return all
}

func (s *server) send(ctx context.Context, id string) (provider.Sent, error) {
	return s.sender.Send(ctx, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: "ana@example.com"}, Content: content.Text("Hola")})
}

// listen listens until it is told to end; the error is that of Listen.
func (s *server) listen(t *testing.T, store provider.Store) (end func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.sender.(provider.Listener).Listen(ctx, "", store) }()
	synctest.Wait()
	return func() error { stop(); return <-done }
}

func discard(context.Context, string, ...provider.Heard) error { return nil }

func class(err error) result.Class {
	if f := outcome.Classify(err); f != nil {
		return f.Class
	}
	return 0
}

func hello(id string) string {
	return fmt.Sprintf(`<message from="ana@example.com/phone" to="support@bridge.example.com" type="chat" id="%s"><body>%s</body><request xmlns="urn:xmpp:receipts"/></message>`, id, id)
}

func TestAMessageWithoutAStreamWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, nil)
		if _, err := s.send(t.Context(), "m1"); class(err) != result.Waiting {
			t.Errorf("%v", err)
		}
	})
}

// A message is sent when what was written behind it is back; those that are sent at once share what proves it.
func TestAMessageIsSentWhenTheServerHasReadIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var held []string
		s := at(t, func(e *stanza.Element, _ func(string)) bool {
			if e != nil && e.Name == "iq" {
				held = append(held, e.String())
				return true
			}
			return false
		})
		end := s.listen(t, discard)
		const many = 50
		done := make(chan error, many)
		for i := range many {
			go func() { _, err := s.send(t.Context(), fmt.Sprint("m", i)); done <- err }()
		}
		synctest.Wait()
		if len(done) > 0 || len(held) != 1 {
			t.Fatalf("%d are sent, and %d pings made, before the server has read anything for certain", len(done), len(held))
		}
		s.say(held[0])
		synctest.Wait()
		if len(held) != 2 || len(done) == 0 || len(done) == many {
			t.Fatalf("after one ping %d are sent, and there are %d pings", len(done), len(held))
		}
		s.say(held[1])
		for range many {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := s.names(); len(got) != many+2 {
			t.Errorf("%d stanzas for %d messages", len(got), many)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

// What is on its way when the stream is lost is known at once to be open; what is sent then waits.
func TestALostStreamLeavesSendsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, func(*stanza.Element, func(string)) bool { return true })
		end := s.listen(t, discard)
		done := make(chan error, 1)
		go func() { _, err := s.send(t.Context(), "m1"); done <- err }()
		synctest.Wait()
		begun := time.Now()
		s.conn.Close()
		if err := <-done; class(err) != result.Uncertain || time.Since(begun) != 0 {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
		synctest.Wait()
		if err := end(); class(err) != result.Retry {
			t.Errorf("Listen: %v", err)
		}
		if _, err := s.send(t.Context(), "m2"); class(err) != result.Waiting {
			t.Errorf("%v", err)
		}
	})
}

// A server that answers nothing any more is hung up on, whoever finds out: a send, or who listens.
func TestASilentServerIsHungUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, func(e *stanza.Element, _ func(string)) bool { return true })
		ended := make(chan error, 1)
		go func() { ended <- s.sender.(provider.Listener).Listen(t.Context(), "", discard) }()
		if err := <-ended; class(err) != result.Retry {
			t.Errorf("Listen: %v", err)
		}
		if got := s.names(); !slices.Equal(got, []string{"iq get"}) {
			t.Errorf("the server was told %q", got)
		}
	})
}

// What cannot be stored goes back to who wrote it, and has no receipt; what came behind it goes back too.
func TestWhatIsNotStoredHasNoReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, nil)
		full := errors.New("full")
		ended := make(chan error, 1)
		begun, released := make(chan struct{}), make(chan struct{})
		go func() {
			ended <- s.sender.(provider.Listener).Listen(t.Context(), "", func(context.Context, string, ...provider.Heard) error {
				close(begun)
				<-released
				return full
			})
		}()
		synctest.Wait()
		s.say(hello("a1") + hello("a2"))
		<-begun
		synctest.Wait()
		close(released)
		if err := <-ended; !errors.Is(err, full) {
			t.Errorf("Listen: %v", err)
		}
		if got := s.names(); !slices.Equal(got, []string{"message error", "message error"}) {
			t.Errorf("the server was told %q", got)
		}
	})
}

// What the server still says while the component takes leave is stored.
func TestTheEndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := at(t, func(e *stanza.Element, say func(string)) bool {
			if e == nil { // the component has closed the stream
				say(hello("late") + stanza.Footer)
				return true
			}
			return false
		})
		var stored []string
		end := s.listen(t, func(_ context.Context, _ string, all ...provider.Heard) error {
			for _, h := range all {
				events, err := receive(t, h)
				if err != nil || len(events) != 1 {
					t.Errorf("%v %v", events, err)
					continue
				}
				stored = append(stored, events[0].Content.GetText().GetBody())
			}
			return nil
		})
		s.say(hello("early"))
		synctest.Wait()
		if err := end(); err != nil {
			t.Error(err)
		}
		if !slices.Equal(stored, []string{"early", "late"}) {
			t.Errorf("stored %q", stored)
		}
		if got := s.names(); !slices.Equal(got, []string{"message chat"}) {
			t.Errorf("the server was told %q: one receipt, since a stream that is closed carries no other", got)
		}
	})
}
