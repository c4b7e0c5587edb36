package bus_test

import (
	"context"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// A message that a stream of somebody else has taken is not stored: nobody would read it.
func TestWhatAnotherStreamTakesIsNotStored(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "telegram")
	b := s.Connect("egress-telegram")
	for _, name := range []string{topology.Messages.Name, topology.Index.Name} {
		s.Drop(name)
	}
	if _, err := b.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{Name: "THEIRS", Subjects: []string{"message.>", "state.>"}}); err != nil {
		t.Fatal(err)
	}
	post := bus.Post{Subject: topology.MessageSubject("telegram", "ch1", "ana"), Body: &eventv1.Event{}}
	for name, publish := range map[string]func(context.Context) error{
		"publish": func(ctx context.Context) error { _, err := b.Publish(ctx, post); return err },
		"later":   func(ctx context.Context) error { return b.PublishLater(ctx, post)(ctx) },
		"record": func(ctx context.Context) error {
			_, err := b.Create(ctx, topology.StateSubject("ch1", "m1"), &indexv1.State{}, 0)
			return err
		},
	} {
		if err := publish(t.Context()); err == nil || !strings.Contains(err.Error(), "THEIRS") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
