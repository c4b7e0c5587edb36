package smpp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

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
