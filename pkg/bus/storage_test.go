package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestTheLimitsFitTheStore(t *testing.T) {
	t.Parallel()
	networks := []string{"telegram", "phone", "whatsapp"}
	declared := bus.Storage{}.Limits(networks)
	for _, size := range []int64{64 << 20, 2 << 30, 1 << 40} {
		sum := int64(0)
		for name, limit := range (bus.Storage{Bytes: size}).Limits(networks) {
			sum += limit
			if limit < 64<<10 {
				t.Errorf("%d: %s has %d bytes only", size, name, limit)
			}
			if size < 2<<30 && limit > declared[name] {
				t.Errorf("%d: %s has %d bytes, more than the %d declared", size, name, limit, declared[name])
			}
		}
		if sum > size || sum < size*9/10 {
			t.Errorf("%d: the limits are %d together", size, sum)
		}
	}
}

// large is a message of about 100 kB.
func large(i int) bus.Post {
	return bus.Post{Subject: bus.EgressSubject(far, channel), ID: fmt.Sprint("large", i), Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: &messagev1.Message{
		Id: fmt.Sprint(i), Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: strings.Repeat("x", 100<<10)}}},
	}}}}
}

// TestASmallerStoreKeepsWhatIsUnfinished: it takes nothing more, and says that it is everybody's room that is gone.
func TestASmallerStoreKeepsWhatIsUnfinished(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	const n = 100
	for i := range n {
		publish(t, b, large(i))
	}
	if err := b.Provision(t.Context(), []string{far}, bus.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Backlog(t.Context(), far, channel); err != nil || got != n {
		t.Errorf("%d of %d left, %v", got, n, err)
	}
	if _, err := b.Publish(t.Context(), large(n)); !errors.Is(err, bus.ErrNoRoom) || errors.Is(err, bus.ErrFull) {
		t.Errorf("%v, want no room", err)
	}
	if !b.Full(t.Context(), bus.Egress(far).Name, 0.8) {
		t.Error("the stream is not said to be full")
	}
}

func TestAFullChannelIsNoFullStore(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := bus.Egress(far)
	s.PerSubject = 2
	if err := b.Remake(ctx, s); err != nil {
		t.Fatal(err)
	}
	publish(t, b, post(event("m1", "ann", 0, 1)))
	publish(t, b, post(event("m2", "ann", 0, 1)))
	if _, err := b.Publish(ctx, post(event("m3", "ann", 0, 1))); !errors.Is(err, bus.ErrFull) || errors.Is(err, bus.ErrNoRoom) {
		t.Errorf("%v, want a full backlog", err)
	}
}
