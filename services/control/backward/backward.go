// Package backward reads streams from their newest message on.
package backward

import (
	"context"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
)

const (
	// window is how many places are read at once.
	window = 1000
	// mostLookedAt is how many places are looked at in one reading. A page may be short, or empty, and not the last.
	mostLookedAt = 50 * window
)

// Read reads what a stream with limits holds of the subjects that match a filter, the newest first, before a place; 0 begins
// with the newest. [bus.ErrStop] of take ends it: the message that it was told with is not taken. next is the place before
// which the next reading goes on, 0 where there is nothing more. A message of the newest window that is stored anew under its
// subject meanwhile has another place then: it is given once or twice, its newest form first.
func Read(ctx context.Context, b *bus.Bus, stream, filter string, before uint64, take func(*bus.Message) error) (next uint64, err error) {
	state, err := b.State(ctx, stream)
	if err != nil {
		return 0, err
	}
	first, end := max(state.First, 1), state.Last // the newest that is looked at
	if before > 0 {
		end = min(end, before-1)
	}
	for looked := 0; end >= first && state.Messages > 0; looked += window {
		if looked >= mostLookedAt {
			return end + 1, nil
		}
		begin := first
		if end >= window {
			begin = max(begin, end-window+1)
		}
		var page []*bus.Message
		keep := func(m *bus.Message) error {
			page = append(page, m)
			return nil
		}
		if err := b.Between(ctx, stream, filter, begin, end, keep); err != nil {
			return 0, err
		}
		if before == 0 && end == state.Last {
			now, err := b.State(ctx, stream)
			if err != nil {
				return 0, err
			}
			if now.Last > end { // what was stored anew before its turn came is there
				if err := b.Between(ctx, stream, filter, end+1, now.Last, keep); err != nil {
					return 0, err
				}
			}
		}
		for _, m := range slices.Backward(page) {
			if err := take(m); errors.Is(err, bus.ErrStop) {
				return m.Sequence + 1, nil
			} else if err != nil {
				return 0, err
			}
		}
		end = begin - 1
	}
	return 0, nil
}
