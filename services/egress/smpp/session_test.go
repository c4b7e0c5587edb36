package smpp_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

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
