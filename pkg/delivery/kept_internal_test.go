package delivery

import (
	"context"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/consume"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Of a broker that does not answer so much is kept in memory and no more; whoever sends does not wait for it.
func TestWhatIsUnderWayToSentHasABound(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	line := s.Line(t)
	b := connect(t, line.URL())
	k := newKeeper(b, "testnet")
	m := &messagev1.Message{Id: "m1", Channel: "ch1", Direction: messagev1.Direction_DIRECTION_OUTBOUND}
	e := &message{&consume.Entry{Event: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}}, Body: make([]byte, 1000)}, &history{key: "m1-0-0"}}
	line.Hold()
	for range 2 * keepsAtOnce {
		k.keep(t.Context(), e)
	}
	if n, bytes := len(k.slots), k.bytes.Load(); n != keepsAtOnce || bytes != 1000*keepsAtOnce {
		t.Errorf("%d under way, %d bytes", n, bytes)
	}
	line.Resume()
	k.close()
	if n, bytes := len(k.slots), k.bytes.Load(); n != 0 || bytes != 0 {
		t.Errorf("%d under way in the end, %d bytes", n, bytes)
	}
	k = newKeeper(b, "testnet")
	line.Hold()
	e.Body = make([]byte, keepsBytes/2)
	for range 5 {
		k.keep(t.Context(), e)
	}
	if bytes := k.bytes.Load(); bytes != keepsBytes {
		t.Errorf("%d bytes under way", bytes)
	}
	line.Resume()
	k.close()
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
