package bus

import (
	"context"
	"sync"
	"time"
)

// fills remembers how full streams were.
type fills struct {
	mu    sync.Mutex
	known map[string]fill
}

type fill struct {
	share float64
	asked time.Time
}

func (f *fills) put(stream string, v fill) {
	if f.known == nil {
		f.known = map[string]fill{}
	}
	f.known[stream] = v
}

// fillKept is how long a stream's fill is believed.
const fillKept = time.Second

// Full says that a stream is over a share of its room, as of a moment ago.
func (b *Bus) Full(ctx context.Context, stream string, share float64) bool {
	return b.Fill(ctx, stream) > share
}

// Fill is how full a stream is, 0 to 1, as of a second ago at most. What cannot be known counts as empty.
// One asks; the others believe the last answer meanwhile: a broker that is slow holds back nobody else.
func (b *Bus) Fill(ctx context.Context, stream string) float64 {
	b.fills.mu.Lock()
	f := b.fills.known[stream]
	if time.Since(f.asked) < fillKept {
		b.fills.mu.Unlock()
		return f.share
	}
	f.asked = time.Now()
	b.fills.put(stream, f)
	b.fills.mu.Unlock()
	share, err := b.askFill(ctx, stream)
	if err != nil {
		return f.share
	}
	f.share = share
	b.fills.mu.Lock()
	defer b.fills.mu.Unlock()
	b.fills.put(stream, f)
	return share
}

func (b *Bus) askFill(ctx context.Context, stream string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s, err := b.State(ctx, stream)
	if err != nil || s.MaxBytes == 0 {
		return 0, err
	}
	return float64(s.Bytes) / float64(s.MaxBytes), nil
}
