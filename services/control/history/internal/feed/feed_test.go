package feed

import (
	"testing"
	"time"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

func hop(id string) *controlv1.Hop { return &controlv1.Hop{Id: id} }

// Who does not read holds nobody up; what it missed is counted, and told before what comes next.
func TestWhoDoesNotReadHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	var f Feed
	all := func(*controlv1.Hop) bool { return true }
	slow, quick := f.Subscribe(all), f.Subscribe(all)
	for range Waiting + 3 {
		f.Tell(hop("m"), time.Now())
		if told := <-quick.Hops(); told.LeftOut != 0 {
			t.Fatalf("%d were left out for who reads at once", told.LeftOut)
		}
	}
	<-slow.Hops() // there is room for one
	f.Tell(hop("next"), time.Now())
	var last Told
	for range Waiting {
		last = <-slow.Hops()
	}
	if last.Hop.GetId() != "next" || last.LeftOut != 3 || slow.LeftOut() != 0 {
		t.Errorf("%v, and %d were left out before it", last.Hop, last.LeftOut)
	}
}

// A subscriber is told what it chose, what is new, and nothing once it is closed.
func TestASubscriberIsToldWhatItChose(t *testing.T) {
	t.Parallel()
	var f Feed
	if !f.Idle() {
		t.Error("somebody has subscribed")
	}
	s := f.Subscribe(func(h *controlv1.Hop) bool { return h.GetId() != "other" })
	if f.Idle() {
		t.Error("nobody has subscribed")
	}
	f.Tell(hop("old"), time.Now().Add(-time.Minute))
	f.Tell(hop("other"), time.Now())
	f.Tell(hop("m"), time.Now().Add(-time.Second)) // the broker's clock is behind
	s.Close()
	f.Tell(hop("late"), time.Now())
	if n := len(s.Hops()); n != 1 {
		t.Fatalf("%d hops were told", n)
	}
	if told := <-s.Hops(); told.Hop.GetId() != "m" || !f.Idle() {
		t.Errorf("%v", told.Hop)
	}
}
