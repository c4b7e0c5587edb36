package smpp_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

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
