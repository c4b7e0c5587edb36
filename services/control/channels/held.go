package channels

import (
	"context"

	"github.com/bonychat/puente/pkg/bus"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Held are the sides of channels that send nothing until somebody acts or a pause is over: those that are paused, and those whose
// credentials were refused. It is what is stored: nobody is asked.
type Held struct{ stored holds }

// ReadHeld reads them. It reads the bucket of channels, and no more however many are asked for.
func ReadHeld(ctx context.Context, b *bus.Bus) (Held, error) {
	h, err := readHolds(ctx, b)
	return Held{h}, err
}

// Of is why the side of a channel towards a destination, its network or the platform, sends nothing; false where it does.
func (h Held) Of(far, channel string) (Hold, bool) {
	side := Side{Far: far}
	h.stored.on(&side, channel)
	hold := side.Hold()
	return hold, hold.State != controlv1.ChannelState_CHANNEL_STATE_OK
}
