package deadletter

import (
	"context"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
)

// ResendUntil resends as [Resend] does and stops short of an end, as a process that dies there: before anything is published.
func ResendUntil(ctx context.Context, b *bus.Bus, k *Kept) error {
	var given []record.Given
	for _, p := range k.parts {
		given = append(given, p.Given)
	}
	_, _, err := record.New(b).ReplayOutbound(ctx, topology.MessageOf(k.parts[0].event), given)
	return err
}

// ReplayUntil replays as [Replay] does and stops short of an end, as a process that dies there: before anything is
// published, or before the letters are removed.
func ReplayUntil(ctx context.Context, b *bus.Bus, letters []Letter, published bool) error {
	r := &replayer{b, record.New(b)}
	loaded, err := r.load(ctx, letters)
	if err != nil {
		return err
	}
	if published {
		_, err = r.replayParts(ctx, loaded)
		return err
	}
	parts, err := r.unsent(ctx, loaded)
	if err == nil {
		_, _, err = r.advance(ctx, parts)
	}
	return err
}
