package smpp_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// A lost bind is lost for all of its channels at once, and made anew by the first that listens again.
func TestALostBindIsLostForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, func(p pdu.PDU, _ func(pdu.PDU)) bool { return p.Command == pdu.SubmitSM })
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`)
		var ends []func() error
		var sending sync.WaitGroup
		begun := time.Now()
		for _, c := range all {
			ends = append(ends, c.listen(t, c.store))
			sending.Go(func() {
				if _, err := c.send(t.Context(), "m1", "hola"); class(err) != result.Uncertain || time.Since(begun) != 0 {
					t.Errorf("after %s: %v", time.Since(begun), err)
				}
			})
		}
		synctest.Wait()
		l.conns[0].Close()
		sending.Wait()
		synctest.Wait()
		for _, end := range ends {
			if err := end(); class(err) != result.Retry {
				t.Errorf("Listen: %v", err)
			}
		}
		for i, c := range all {
			ends[i] = c.listen(t, c.store)
		}
		if n := l.count("bind_transceiver"); n != 2 {
			t.Errorf("%d binds, want 2", n)
		}
		if err := errors.Join(ends[0](), ends[1]()); err != nil {
			t.Error(err)
		}
	})
}

// Whoever listens while the last bind takes leave binds when that is done.
func TestABindBeginsWhenTheLastHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, func(p pdu.PDU, say func(pdu.PDU)) bool {
			if p.Command != pdu.SubmitSM {
				return false
			}
			go func() {
				time.Sleep(time.Second)
				say(pdu.PDU{Command: pdu.SubmitSM.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: "late"}.Bytes()})
			}()
			return true
		})
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`)
		endA := all[0].listen(t, all[0].store)
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := all[0].send(t.Context(), "m1", "hola"); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		both.Go(func() {
			if err := endA(); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		endB := all[1].listen(t, all[1].store)
		if n := l.count("bind_transceiver"); n != 1 {
			t.Errorf("%d binds while one takes leave", n)
		}
		both.Wait()
		synctest.Wait()
		if _, err := all[1].send(t.Context(), "m2", "hola"); err != nil {
			t.Error(err)
		}
		if err := endB(); err != nil {
			t.Error(err)
		}
		if got := strings.Join(l.commands(), " "); got != "bind_transceiver submit_sm unbind bind_transceiver submit_sm unbind" {
			t.Error(got)
		}
	})
}

// Where all channels of a login go to another process none is given up before the bind has ended: the other would bind besides.
func TestNoChannelIsGivenUpBeforeTheBindHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, func(p pdu.PDU, say func(pdu.PDU)) bool {
			if p.Command != pdu.SubmitSM {
				return false
			}
			go func() {
				time.Sleep(2 * time.Second)
				say(pdu.PDU{Command: pdu.SubmitSM.Response(), Sequence: p.Sequence, Body: pdu.Answer{ID: "late"}.Bytes()})
			}()
			return true
		})
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`, `"source": "62628"`)
		var ends []func() error
		for _, c := range all {
			ends = append(ends, c.listen(t, c.store))
		}
		var going sync.WaitGroup
		going.Go(func() {
			if _, err := all[2].send(t.Context(), "m1", "hola"); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		for _, end := range ends {
			going.Go(func() {
				if err := end(); err != nil {
					t.Errorf("Listen: %v", err)
				}
				if l.count("unbind") == 0 {
					t.Error("a channel was given up while the bind was there")
				}
			})
		}
		going.Wait()
	})
}

// A login that is refused is refused for all of its channels.
func TestARefusedLoginIsToldToAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, func(p pdu.PDU, say func(pdu.PDU)) bool {
			go func() {
				time.Sleep(time.Second)
				say(pdu.PDU{Command: p.Command.Response(), Status: pdu.InvalidPassword, Sequence: p.Sequence})
			}()
			return true
		})
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`)
		endA, endB := all[0].listen(t, all[0].store), all[1].listen(t, all[1].store)
		for _, c := range all {
			_, err := c.sender.Send(t.Context(), &messagev1.Message{Id: "m1", Contact: &messagev1.Contact{Address: "+34600111222"}, Content: content.Text("hola")})
			if class(err) != result.Suspended {
				t.Errorf("Send: %v", err)
			}
		}
		for _, end := range []func() error{endA, endB} {
			if err := end(); class(err) != result.Suspended {
				t.Errorf("Listen: %v", err)
			}
		}
		if n := l.count("bind_transceiver"); n != 1 {
			t.Errorf("%d binds, want 1", n)
		}
	})
}
