package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// LetterEvent is one dead letter with the event that it holds: nil for a network's call, and for what cannot be read. An
// event holds what a person wrote, and to whom: it is for an operator's eyes, and for no log. [ErrNotFound] where there is
// no such letter any more.
func (b *Bus) LetterEvent(ctx context.Context, sequence uint64) (Letter, *eventv1.Event, error) {
	s, err := b.stream(ctx, topology.Dead.Name)
	if err != nil {
		return Letter{}, nil, err
	}
	m, err := s.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Letter{}, nil, ErrNotFound
	}
	if err != nil {
		return Letter{}, nil, fmt.Errorf("read %s: %w", topology.Dead.Name, err)
	}
	letter, _, event := openLetter(m)
	return letter, event, nil
}
