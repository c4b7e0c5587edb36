package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Outcomes tells of every final outcome that is stored now for a far end, oldest first, and when it was stored. It
// reads the whole stream and takes part in nothing: for what looks back.
func (b *Bus) Outcomes(ctx context.Context, far string, tell func(stored time.Time, o *eventv1.Outcome)) error {
	name := topology.Outcomes(far).Name
	s, err := b.stream(ctx, name)
	if err != nil {
		return err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return fmt.Errorf("state of %s: %w", name, err)
	}
	if info.State.Msgs == 0 {
		return nil
	}
	consumer, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		e := entryOf(m, meta)
		if err := e.decode(); err != nil {
			return err
		}
		if o := e.Event.GetOutcome(); o != nil && final(o.GetResult()) {
			tell(meta.Timestamp, o)
		}
		if meta.Sequence.Stream >= info.State.LastSeq {
			return nil
		}
	}
}
