package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// Backlog is how many messages of a channel wait for a far end. It costs the broker a look at its index.
func (b *Bus) Backlog(ctx context.Context, far, channel string) (uint64, error) {
	name, subject := "EGRESS_"+far, topology.EgressSubject(far, channel)
	if err := checkSubject(subject); err != nil {
		return 0, fmt.Errorf("backlog: %w", err)
	}
	s, err := b.stream(ctx, name)
	if err != nil {
		return 0, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(subject))
	if err != nil {
		return 0, fmt.Errorf("backlog of %s: %w", name, err)
	}
	return info.State.Subjects[subject], nil
}
