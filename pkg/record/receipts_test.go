package record_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Whichever comes second, an outcome that links a ref or a receipt that is pending, finds the other.
func TestAnOutcomeAndAReceiptMeetByTheRef(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	send, receipt := &indexv1.Ref{Id: "m1"}, &indexv1.Early{Status: read}
	if _, err := ix.PendReceipt(t.Context(), network, channel, "first", receipt); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a receipt before its outcome: %v", err)
	}
	if _, err := ix.PendReceipt(t.Context(), network, channel, "first", &indexv1.Early{Status: delivered}); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("an older one behind it: %v", err)
	}
	pending, err := ix.LinkRef(t.Context(), network, channel, "first", send)
	if err != nil || pending.GetStatus() != read {
		t.Errorf("the outcome found %v, %v", pending, err)
	}
	if pending, err := ix.LinkRef(t.Context(), network, channel, "second", send); err != nil || pending.GetStatus() != eventv1.Status_STATUS_UNSPECIFIED {
		t.Errorf("an outcome before its receipt found %v, %v", pending, err)
	}
	if found, err := ix.PendReceipt(t.Context(), network, channel, "second", receipt); err != nil || found.GetId() != "m1" {
		t.Errorf("the receipt found %v, %v", found, err)
	}
}

// A network that gives the same id for a replay leads to the replay; that of another message, or of an older send, stays.
func TestARefLeadsToTheLastSendOfItsMessage(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	for i, step := range []struct {
		id               string
		generation, want uint32
	}{{"m1", 1, 1}, {"m1", 0, 1}, {"m2", 5, 1}, {"m1", 2, 2}} {
		if _, err := ix.LinkRef(t.Context(), network, channel, "ref", &indexv1.Ref{Id: step.id, Generation: step.generation}); err != nil {
			t.Fatal(err)
		}
		if found, err := ix.Ref(t.Context(), network, channel, "ref"); err != nil || found.GetId() != "m1" || found.GetGeneration() != step.want {
			t.Errorf("step %d: %v, %v", i, found, err)
		}
	}
}

// A watermark reaches what was sent before it, once; what breaks off is done again.
func TestAWatermarkThatBreaksOffIsDoneAgain(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	for i := range uint64(3) {
		if s, err := ix.OpenSend(t.Context(), network, channel, "ana", &indexv1.Open{Id: fmt.Sprint("m", i), Position: 10 + i}); s != 0 || err != nil {
			t.Fatal(s, err)
		}
	}
	var got []string
	broken := errors.New("broken off")
	move := func(stop string) error {
		return ix.MoveWatermark(t.Context(), network, channel, "ana", record.Watermark{Status: read, Position: 11}, func(o *indexv1.Open, s eventv1.Status) error {
			if o.GetId() == stop {
				return broken
			}
			got = append(got, o.GetId())
			return nil
		})
	}
	if err := move("m1"); err != broken {
		t.Errorf("the error is %v", err)
	}
	for range 2 {
		if err := move(""); err != nil {
			t.Error(err)
		}
	}
	if want := "[m0 m0 m1]"; fmt.Sprint(got) != want {
		t.Errorf("reached %v, want %s", got, want)
	}
}

// A watermark that somebody else moves meanwhile reaches each send once.
func TestAWatermarkReachesEachSendOnceThoughItIsWrittenAgain(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	if _, err := ix.OpenSend(t.Context(), network, channel, "ana", &indexv1.Open{Id: "m1", Position: 10}); err != nil {
		t.Fatal(err)
	}
	changes := 1
	s.before = func(string) {
		if changes--; changes == 0 {
			if _, err := record.New(s.Store).OpenSend(t.Context(), network, channel, "ana", &indexv1.Open{Id: "m2", Position: 11}); err != nil {
				t.Error(err)
			}
		}
	}
	var got []string
	err := ix.MoveWatermark(t.Context(), network, channel, "ana", record.Watermark{Status: delivered, Until: time.Now()}, func(o *indexv1.Open, _ eventv1.Status) error {
		got = append(got, o.GetId())
		return nil
	})
	if err != nil || fmt.Sprint(got) != "[m1 m2]" {
		t.Errorf("reached %v, %v", got, err)
	}
	if status, err := ix.OpenSend(t.Context(), network, channel, "ana", &indexv1.Open{Id: "m3", Position: 12, SentAt: timestamppb.New(time.Now().Add(-time.Hour))}); status != delivered || err != nil {
		t.Errorf("a send that it had reached before: %s, %v", status, err)
	}
}

// Of a contact's last sends only those of which nothing was heard are on their way.
func TestSending(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	sending := func() bool {
		t.Helper()
		yes, err := ix.Sending(t.Context(), network, channel, "ana")
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	for i := range 6 {
		id := fmt.Sprint("m", i)
		claim(t, ix, uint64(7+i), message(id, 0))
		for range 2 {
			if err := ix.NoteSend(t.Context(), network, channel, "ana", id); err != nil {
				t.Fatal(err)
			}
		}
		if !sending() {
			t.Errorf("%s is not on its way", id)
		}
		advance(t, ix, id, record.News{Status: sent, Sequence: uint64(20 + i)})
		if sending() {
			t.Errorf("%s is still on its way", id)
		}
	}
}

// A credential's call keeps it, stored or not.
func TestAdmission(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	admit := func(call string) record.Admission {
		t.Helper()
		a, err := ix.Admit(t.Context(), network, channel, "credential", call, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for range 2 {
		if a := admit("a"); a.Another || a.Stored {
			t.Errorf("the call: %+v", a)
		}
	}
	if a := admit("b"); !a.Another {
		t.Errorf("another: %+v", a)
	}
	stored, repeat := admit("a"), admit("a")
	for _, a := range []record.Admission{stored, repeat} { // the repeat was stored too, and notes it later
		if err := ix.Settle(t.Context(), a, 9); err != nil {
			t.Error(err)
		}
	}
	if a := admit("a"); a.Another || !a.Stored {
		t.Errorf("its repeat: %+v", a)
	}
	if a := admit("b"); !a.Another {
		t.Errorf("another, once it was stored: %+v", a)
	}
}
