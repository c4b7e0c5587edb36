package translator_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestWhatHasNoRoomIsHeldBack: a full store is no reason to bury a message or to keep a status from the platform.
func TestWhatHasNoRoomIsHeldBack(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	if err := provision.Apply(t.Context(), b.bus, []string{network}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		large := inbound("another", fmt.Sprint("large", i), "eva", content.Text(strings.Repeat("x", 64<<10)))
		_, err = b.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject(topology.Platform, "another"), ID: large.GetId(), Body: message(large)})
	}
	for i := 0; err != nil && i < 1000; i++ { // and what is left, with small ones
		if !errors.Is(err, bus.ErrNoRoom) {
			t.Fatal(err)
		}
		small := inbound("another", fmt.Sprint("small", i), "eva", content.Text("x"))
		if _, full := b.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject(topology.Platform, "another"), ID: small.GetId(), Body: message(small)}); full != nil {
			break
		}
	}
	b.take(inbound(custom, "in1", "ann", content.Text("Hola")))
	b.sentAs(m, "ref1")
	b.eventually("both were taken up", func() bool {
		_, entries := b.history("in1")
		return len(entries) > 0 && b.state(custom, "m1").GetStatus() == eventv1.Status_STATUS_SENT
	})
	time.Sleep(300 * time.Millisecond) // long enough to give up, were it going to
	var d eventv1.DeadLetter
	if _, err := b.bus.Read(t.Context(), topology.DeadSubject("translator", network, custom), &d); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a dead letter: %s, %v", d.GetReason(), err)
	}
	if told := b.told("m1"); len(told) > 0 {
		t.Fatalf("told %v: the store is not full", told)
	}
	if err := provision.Apply(t.Context(), b.bus, []string{network}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	b.eventuallyTold("m1", "sent")
	b.eventually("the message is on its way", func() bool { return len(messages(b.events(topology.Platform, 0), "ann")) == 1 })
}
