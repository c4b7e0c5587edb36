package runtime

import (
	"context"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/heard"
)

// publish passes an event on. A text with bytes that are no UTF-8 could never be stored, and would hold back its lane
// for ever: such bytes are marked as unreadable, and the rest goes on. It looks for them only where a publish failed, since every
// message would pay for it. Its errors are those of [bus.Bus.Publish]; the lane tries again.
func (s *runner) publish(ctx context.Context, p bus.Post) error {
	_, err := s.env.Bus.Publish(ctx, p)
	if err != nil && heard.Sanitize(p.Body.ProtoReflect()) {
		_, err = s.env.Bus.Publish(ctx, p)
	}
	if err == nil {
		failpoint.EventStored.Reach()
	}
	return err
}
