package sent_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const far = "testnet"

func event(channel, id, text string) *eventv1.Event {
	return &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: id, Network: far, Channel: channel, Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: text}}},
	}}}
}

// keep keeps events, all at once, and returns when they are stored.
func keep(b *bus.Bus, events ...*eventv1.Event) {
	k := sent.Keep(b, far)
	for _, e := range events {
		k.Add(topology.MessageKey(e.GetMessage()), e, 100)
	}
	k.Close()
}

func stored(t *testing.T, b *bus.Bus) uint64 {
	t.Helper()
	state, err := b.State(t.Context(), topology.Sent.Name)
	if err != nil {
		t.Fatal(err)
	}
	return state.Last
}

// Events of many channels that are sent at about the same time take few messages of the stream, and each of them is found.
func TestWhatIsSentAtOnceIsStoredTogether(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("translator")
	var events []*eventv1.Event
	for i := range 100 {
		events = append(events, event(fmt.Sprintf("ch%d", i%7), fmt.Sprintf("m%02d", i), fmt.Sprintf("text %d", i)))
	}
	keep(b, events...)
	if n := stored(t, b); n > 10 {
		t.Errorf("100 events took %d messages", n)
	}
	f := sent.NewFinder(b)
	from, until := sent.Around(time.Now(), time.Now())
	for _, want := range events {
		got, err := f.Find(t.Context(), far, want.GetMessage().GetChannel(), topology.MessageKey(want.GetMessage()), from, until)
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
	}
}

// One that is sent alone is found by its key, and is stored as earlier versions stored it.
func TestWhatIsSentAloneIsUnderItsKey(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("translator")
	want, got := event("ch1", "m1", "hola"), &eventv1.Event{}
	keep(b, want)
	keep(b, want) // sent again, since the process died before its outcome was stored
	if _, err := b.Read(t.Context(), topology.SentSubject(far, "ch1", "m1-0-0"), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if state, err := b.State(t.Context(), topology.Sent.Name); err != nil || state.Messages != 1 {
		t.Errorf("%+v, %v", state, err)
	}
}

// One that is sent again together with others takes nothing away of those that it was stored with before.
func TestWhatIsStoredTogetherStaysTogether(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("translator")
	keep(b, event("ch1", "m1", "uno"), event("ch1", "m2", "dos"))
	keep(b, event("ch1", "m1", "uno"), event("ch1", "m3", "tres"))
	f := sent.NewFinder(b)
	for _, id := range []string{"m1", "m2", "m3"} {
		if _, err := f.Find(t.Context(), far, "ch1", id+"-0-0", time.Time{}, time.Time{}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// What was stored before or after the times, or of another network, is not found.
func TestWhatIsElsewhereIsNotFound(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far, "othernet").Connect("translator")
	find := func(network, id string, from, until time.Time) error {
		_, err := sent.NewFinder(b).Find(t.Context(), network, "ch1", id+"-0-0", from, until)
		return err
	}
	if err := find(far, "m1", time.Time{}, time.Time{}); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("of an empty stream: %v", err)
	}
	keep(b, event("ch1", "m1", "uno"), event("ch1", "m2", "dos"))
	now := time.Now()
	for name, err := range map[string]error{
		"stored before":      find(far, "m1", now.Add(time.Minute), now.Add(2*time.Minute)),
		"stored after":       find(far, "m1", now.Add(-time.Hour), now.Add(-time.Minute)),
		"of another network": find("othernet", "m1", time.Time{}, time.Time{}),
		"never sent":         find(far, "m3", time.Time{}, time.Time{}),
	} {
		if !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What together is more than the broker takes is stored one by one.
func TestWhatIsTooLargeTogetherIsStoredAlone(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("translator")
	large := strings.Repeat("x", topology.MaxPayload-topology.MaxPayload/8)
	keep(b, event("ch1", "m1", "uno"), event("ch1", "m2", large), event("ch1", "m3", large))
	for _, id := range []string{"m1", "m2", "m3"} {
		if _, err := b.Read(t.Context(), topology.SentSubject(far, "ch1", id+"-0-0"), &eventv1.Event{}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}
