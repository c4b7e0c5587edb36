package bus

import (
	"context"
	"sync"
	"time"
)

// recent remembers how streams stood, so that a door that asks for every call costs the broker one request a second.
type recent struct {
	mu    sync.Mutex
	known map[string]known
}

// known is how a stream stood.
type known struct {
	state StreamState // the zero value where it was never answered
	asked time.Time   // when the request was begun that was answered
	last  time.Time   // when the last request was begun, answered or not
}

// recentFor is how long a stream's state is believed.
const recentFor = time.Second

// Recent is how a stream stood a second ago at most, and when that was asked. Where the broker does not answer within a second, it is
// the last answer, and the zero time where there was none. One caller asks, the others get the last answer meanwhile: a broker that
// is slow holds back nobody else.
func (b *Bus) Recent(ctx context.Context, stream string) (state StreamState, asked time.Time) {
	b.recent.mu.Lock()
	k := b.recent.known[stream]
	if time.Since(k.last) < recentFor {
		b.recent.mu.Unlock()
		return k.state, k.asked
	}
	// noted before it is asked: whoever comes meanwhile does not ask too
	k.last = time.Now()
	b.recent.put(stream, k)
	b.recent.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Second) // whoever asks holds up the answer to somebody
	defer cancel()
	found, err := b.State(ctx, stream)
	if err != nil {
		return k.state, k.asked
	}
	k.state, k.asked = found, k.last
	b.recent.mu.Lock()
	defer b.recent.mu.Unlock()
	b.recent.put(stream, k)
	return k.state, k.asked
}

// put remembers. The lock is held.
func (s *recent) put(stream string, k known) {
	if s.known == nil {
		s.known = map[string]known{}
	}
	s.known[stream] = k
}

// Fill is how full a stream is in bytes, 0 to 1, by [Bus.Recent]; a stream without a limit is empty, and so is one of which nothing
// is known.
func (b *Bus) Fill(ctx context.Context, stream string) float64 {
	s, _ := b.Recent(ctx, stream)
	if s.MaxBytes == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.MaxBytes)
}

// Full says that a stream is over a share of its room, 0 to 1, as [Bus.Fill] has it. It is a
// forecast: what is published meanwhile may still be refused with [ErrNoRoom].
func (b *Bus) Full(ctx context.Context, stream string, share float64) bool {
	return b.Fill(ctx, stream) > share
}
