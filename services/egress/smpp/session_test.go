package smpp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	"github.com/bonychat/puente/services/egress/smpp"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// login is a sender whose SMSC is a function that is given each PDU, in a bubble.
type login struct {
	sender provider.Sender
	mu     sync.Mutex
	seen   []pdu.PDU
	conns  []net.Conn
}

// at opens a login. smsc answers a PDU through say; nil answers all.
func at(t *testing.T, account string, smsc func(p pdu.PDU, say func(pdu.PDU)) bool) *login {
	t.Helper()
	l := &login{}
	client := httpclient.New(httpclient.Options{})
	t.Cleanup(client.Close)
	client.DialThrough(func(func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
		return func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			l.mu.Lock()
			l.conns = append(l.conns, theirs)
			l.mu.Unlock()
			go l.serve(theirs, smsc)
			return ours, nil
		}
	})
	bound, err := smpp.Network.Bind(json.RawMessage(`{"url": "smpp://127.0.0.1:2775", "system_id": "acme", "password": "s3cret", "source": "62626"` + account + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if l.sender, err = bound.Open(provider.Host{Client: client}); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *login) serve(c net.Conn, smsc func(pdu.PDU, func(pdu.PDU)) bool) {
	defer c.Close()
	var writing sync.Mutex
	say := func(p pdu.PDU) {
		writing.Lock()
		defer writing.Unlock()
		_, _ = c.Write(p.Bytes())
	}
	for {
		p, err := pdu.Read(c)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.seen = append(l.seen, p)
		l.mu.Unlock()
		if smsc == nil || !smsc(p, say) {
			if !p.Command.IsResponse() {
				say(pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: fmt.Sprint(p.Sequence)}.Bytes()})
			}
		}
	}
}

// commands are those that the SMSC was sent.
func (l *login) commands() (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.seen {
		all = append(all, p.Command.String())
	}
	return all
}

func (l *login) send(ctx context.Context, id, text string) (provider.Sent, error) {
	return l.sender.Send(ctx, &messagev1.Message{Id: id, Contact: &messagev1.Contact{Address: "+34600111222"}, Content: content.Text(text)})
}

// listen listens until it is told to end; the error is that of Listen.
func (l *login) listen(t *testing.T, store provider.Store) (end func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.sender.(provider.Listener).Listen(ctx, "", store) }()
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

func TestAMessageWithoutAConnectionWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", nil)
		_, err := l.send(t.Context(), "m1", "hola")
		end := l.listen(t, discard)
		_, bound := l.send(t.Context(), "m1", "hola")
		if err := end(); err != nil {
			t.Errorf("Listen: %v", err)
		}
		_, after := l.send(t.Context(), "m2", "hola")
		if class(err) != result.Waiting || bound != nil || class(after) != result.Waiting {
			t.Errorf("before %v, bound %v, after %v", err, bound, after)
		}
	})
}

// Whoever stops waits for the answers that are under way: what is not answered then would be in doubt.
func TestWhoLeavesWaitsForAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", func(p pdu.PDU, say func(pdu.PDU)) bool {
			if p.Command != pdu.SubmitSM {
				return false
			}
			go func() {
				time.Sleep(time.Second)
				say(pdu.PDU{Command: pdu.SubmitSM.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: "late"}.Bytes()})
			}()
			return true
		})
		end := l.listen(t, discard)
		var sent provider.Sent
		var err error
		var sending sync.WaitGroup
		sending.Go(func() { sent, err = l.send(t.Context(), "m1", "hola") })
		synctest.Wait()
		if err := end(); err != nil {
			t.Errorf("Listen: %v", err)
		}
		sending.Wait()
		if err != nil || sent.Ref != "late" {
			t.Errorf("%+v, %v", sent, err)
		}
		if got, want := l.commands(), []string{"bind_transceiver", "submit_sm", "unbind"}; !slices.Equal(got, want) {
			t.Errorf("the SMSC was sent %q, want %q", got, want)
		}
	})
}

func TestALostConnectionIsUncertainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, `, "mode": "pair"`, func(p pdu.PDU, _ func(pdu.PDU)) bool { return p.Command == pdu.SubmitSM })
		end := l.listen(t, discard)
		begun := time.Now()
		var err error
		var sending sync.WaitGroup
		sending.Go(func() { _, err = l.send(t.Context(), "m1", "hola") })
		synctest.Wait()
		l.conns[0].Close() // the transmitter's
		sending.Wait()
		if class(err) != result.Uncertain || time.Since(begun) != 0 {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
		if err := end(); class(err) != result.Retry {
			t.Errorf("Listen: %v", err)
		}
		if n := strings.Count(strings.Join(l.commands(), " "), "bind_"); n != 2 {
			t.Errorf("%d binds, want 2", n)
		}
	})
}

// An SMSC that does not answer any more is found out by enquire_link, and what is unanswered ends with it.
func TestASilentSMSCIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", func(p pdu.PDU, _ func(pdu.PDU)) bool { return p.Command != pdu.BindTransceiver })
		begun := time.Now()
		end := l.listen(t, discard)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := l.send(ctx, "m1", "hola"); class(err) != result.Uncertain {
			t.Errorf("%v", err)
		}
		if waited := time.Since(begun); waited > time.Minute {
			t.Errorf("an SMSC is silent for %s", waited)
		}
		if err := end(); class(err) != result.Retry {
			t.Errorf("Listen: %v", err)
		}
	})
}

func TestNoMoreThanTheWindowIsUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		l := at(t, `, "window": 2`, func(p pdu.PDU, say func(pdu.PDU)) bool {
			if p.Command != pdu.SubmitSM {
				return false
			}
			go func() {
				<-release
				say(pdu.PDU{Command: pdu.SubmitSM.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: "1"}.Bytes()})
			}()
			return true
		})
		end := l.listen(t, discard)
		var sending sync.WaitGroup
		for i := range 5 {
			sending.Go(func() {
				if _, err := l.send(t.Context(), fmt.Sprint("m", i), "hola"); err != nil {
					t.Error(err)
				}
			})
		}
		for _, want := range []int{2, 3, 4, 5, 5} {
			synctest.Wait()
			if got := strings.Count(strings.Join(l.commands(), " "), "submit_sm"); got != want {
				t.Errorf("%d submitted, want %d", got, want)
			}
			release <- struct{}{}
		}
		sending.Wait()
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

func TestPartsThatWereTakenDoNotGoAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		submits, refuse := 0, 2
		l := at(t, "", func(p pdu.PDU, say func(pdu.PDU)) bool {
			if p.Command != pdu.SubmitSM {
				return false
			}
			submits++
			if submits == refuse {
				say(pdu.PDU{Command: pdu.SubmitSM.Response(), Status: pdu.Throttled, Sequence: p.Sequence})
				return true
			}
			return false
		})
		end := l.listen(t, discard)
		long := strings.Repeat("0123456789", 40)
		if _, err := l.send(t.Context(), "m1", long); class(err) != result.Waiting {
			t.Errorf("throttled: %v", err)
		}
		if _, err := l.send(t.Context(), "m1", long); err != nil {
			t.Error(err)
		}
		if submits != 4 {
			t.Errorf("%d submits of 3 parts with one refusal, want 4", submits)
		}
		if _, err := l.send(t.Context(), "m2", long); err != nil || submits != 7 {
			t.Errorf("another message: %d submits, %v", submits, err)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

// delivering is an SMSC that delivers these once it is bound.
func delivering(all ...pdu.Message) func(pdu.PDU, func(pdu.PDU)) bool {
	return func(p pdu.PDU, say func(pdu.PDU)) bool {
		if p.Command != pdu.BindTransceiver {
			return false
		}
		say(pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: "smsc"}.Bytes()})
		for i, m := range all {
			say(pdu.PDU{Command: pdu.DeliverSM, Sequence: uint32(i + 1), Body: m.Bytes()})
		}
		return true
	}
}

var from = pdu.Address{TON: 1, NPI: 1, Number: "34600111222"}

func TestWhatIsNotStoredIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", delivering(pdu.Message{Source: from, Short: []byte("one")}, pdu.Message{Source: from, Short: []byte("two")}))
		full := errors.New("full")
		end := l.listen(t, func(_ context.Context, _ string, heard ...provider.Heard) error {
			if strings.Contains(string(heard[0].Body), "dHdv") { // two
				return full
			}
			return nil
		})
		if err := end(); !errors.Is(err, full) {
			t.Errorf("Listen: %v", err)
		}
		var got []pdu.Status
		for _, p := range l.seen {
			if p.Command == pdu.DeliverSM.Response() {
				got = append(got, p.Status)
			}
		}
		if want := []pdu.Status{pdu.OK, pdu.TemporaryError}; !slices.Equal(got, want) {
			t.Errorf("answered %v, want %v", got, want)
		}
	})
}

// A message that lacks a part is shown without it after ten minutes.
func TestAMissingPartIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", delivering(
			pdu.Message{Source: from, ESMClass: pdu.HasUDH, Short: []byte("\x05\x00\x03\x07\x04\x04end")},
			pdu.Message{Source: from, ESMClass: pdu.HasUDH, Short: []byte("\x05\x00\x03\x07\x04\x01begin ")}))
		type kept struct {
			cursor string
			heard  []provider.Heard
		}
		stored := make(chan kept, 10)
		end := l.listen(t, func(_ context.Context, cursor string, heard ...provider.Heard) error {
			stored <- kept{cursor, heard}
			return nil
		})
		for range 2 {
			if one := <-stored; len(one.heard) > 0 || one.cursor == "" {
				t.Errorf("a part is stored as a message, or not at all: %+v", one)
			}
		}
		begun := time.Now()
		last := <-stored
		if waited := time.Since(begun); waited < 10*time.Minute || waited > 11*time.Minute || last.cursor != "{}" || len(last.heard) != 1 {
			t.Fatalf("after %s: %+v", waited, last)
		}
		events, err := receive(t, last.heard[0])
		if err != nil || len(events) != 1 || events[0].Content.GetText().GetBody() != "begin […]end" {
			t.Errorf("%+v, %v", events, err)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}
