package bus_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// What is taken away while it is read is not waited for: reading ends all the same.
func TestReadingEndsWhereTheRestIsTakenAway(t *testing.T) {
	s := bustest.Start(t, far)
	b := s.Connect("reader")
	for i := range 300 { // more than the client has under way at a time
		if _, err := b.Create(t.Context(), topology.StateSubject(channel, fmt.Sprint(i)), &indexv1.State{}, 0); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	read := 0
	err := b.Each(ctx, topology.Index.Name, []string{"state.>"}, time.Time{}, func(m *bus.Message) error {
		if read++; read == 1 {
			return b.Purge(ctx, topology.Index.Name, ">", 1000)
		}
		return nil
	})
	if err != nil {
		t.Errorf("after %d messages: %v", read, err)
	}
}

// Whoever reads slowly loses nothing on the way, or it would be read twice: the client has room for all that it asked for.
func TestASlowReadingLosesNothing(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("reader")
	const n = 3000
	for i := range n {
		if _, err := b.Create(t.Context(), topology.StateSubject(channel, fmt.Sprint(i)), &indexv1.State{}, 0); err != nil {
			t.Fatal(err)
		}
	}
	var lost atomic.Int64
	b.Conn().SetErrorHandler(func(*nats.Conn, *nats.Subscription, error) { lost.Add(1) })
	read := 0
	err := b.Each(t.Context(), topology.Index.Name, []string{"state.>"}, time.Time{}, func(*bus.Message) error {
		read++
		time.Sleep(100 * time.Microsecond)
		return nil
	})
	if err != nil || read != n || lost.Load() > 0 {
		t.Errorf("%d of %d were read, %d times something was lost on the way, %v", read, n, lost.Load(), err)
	}
}

// Whoever reads says so at the broker, also for a moment: its consumer has the process's name.
func TestEachReadingHasAName(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("reader")
	if _, err := b.Create(t.Context(), topology.StateSubject(channel, "m1"), &indexv1.State{}, 0); err != nil {
		t.Fatal(err)
	}
	named := func(*bus.Message) error {
		for _, name := range s.Consumers(topology.Index.Name) {
			if !strings.HasPrefix(name, b.Instance()+"-") {
				t.Errorf("a consumer has the name %s", name)
			}
		}
		return nil
	}
	if err := b.Each(t.Context(), topology.Index.Name, []string{"state.>"}, time.Time{}, named); err != nil {
		t.Error(err)
	}
	if err := b.Between(t.Context(), topology.Index.Name, "state.>", 1, 1, named); err != nil {
		t.Error(err)
	}
}
