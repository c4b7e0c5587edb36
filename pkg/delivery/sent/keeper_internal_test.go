package sent

import (
	"context"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Of a broker that does not answer so much is kept in memory and no more; whoever sends does not wait for it.
func TestWhatIsUnderWayToSentHasABound(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	line := s.Line(t)
	b := connect(t, line.URL())
	k := Keep(b, "testnet")
	m := &messagev1.Message{Id: "m1", Channel: "ch1", Direction: messagev1.Direction_DIRECTION_OUTBOUND}
	e, size := &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}, 1000
	line.Hold()
	for range 2 * keepsAtOnce {
		k.Add("m1-0-0", e, size)
	}
	if n, bytes := k.count.Load(), k.bytes.Load(); n != keepsAtOnce || bytes != 1000*keepsAtOnce {
		t.Errorf("%d under way, %d bytes", n, bytes)
	}
	line.Resume()
	k.Close()
	if n, bytes := k.count.Load(), k.bytes.Load(); n != 0 || bytes != 0 {
		t.Errorf("%d under way in the end, %d bytes", n, bytes)
	}
	k = Keep(b, "testnet")
	line.Hold()
	size = keepsBytes / 2
	for range 5 {
		k.Add("m1-0-0", e, size)
	}
	if bytes := k.bytes.Load(); bytes != keepsBytes {
		t.Errorf("%d bytes under way", bytes)
	}
	line.Resume()
	k.Close()
}

func connect(t *testing.T, url string) *bus.Bus {
	t.Helper()
	b, err := bus.Connect(url, bus.Options{Name: "egress-testnet"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close(context.Background()) })
	return b
}
