package smpp_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// slow is an SMSC that takes fifteen seconds for each message, and reads nothing meanwhile. Each write is just in time.
func slow(p pdu.PDU, _ func(pdu.PDU)) bool {
	if p.Command == pdu.SubmitSM {
		time.Sleep(15 * time.Second)
	}
	return false
}

// Who waits behind others that a slow SMSC has not read yet gives up when its own time is over. Nothing of it was said.
func TestASlowSMSCHoldsNobodyLongerThanItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", slow)
		end := l.listen(t, discard)
		var sending sync.WaitGroup
		for _, id := range []string{"m1", "m2", "m3", "m4"} { // of m4 nothing is written before 45 seconds
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			sending.Go(func() {
				begun := time.Now()
				_, err := l.send(ctx, id, "hola")
				if took := time.Since(begun); id == "m4" && (class(err) != result.Retry || took != 20*time.Second) {
					t.Errorf("after %s: %v", took, err)
				}
			})
			synctest.Wait()
		}
		sending.Wait()
		_ = end()
		time.Sleep(time.Minute) // the SMSC ends too
	})
}

// Whoever stops does not wait until the SMSC has read all that others have to say.
func TestWhoStopsDoesNotWaitForASlowSMSC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := at(t, "", slow)
		end := l.listen(t, discard)
		var sending sync.WaitGroup
		for _, id := range []string{"m1", "m2", "m3", "m4", "m5", "m6"} {
			sending.Go(func() {
				_, err := l.send(t.Context(), id, "hola")
				if last := id == "m6"; last && class(err) != result.Retry {
					t.Errorf("%s: %v", id, err)
				}
			})
			synctest.Wait()
		}
		time.Sleep(35 * time.Second) // enquire_link waits as well
		begun := time.Now()
		if err := end(); err != nil {
			t.Errorf("Listen: %v", err)
		}
		sending.Wait()
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it stopped after %s", took)
		}
		time.Sleep(time.Minute) // the SMSC ends too
	})
}
