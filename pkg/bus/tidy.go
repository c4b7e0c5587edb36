package bus

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// How full a stream with limits may get before its finished entries go, and before nothing new is begun.
const (
	tidyFrom = 0.7
	stopFrom = 0.9
	// tidyKeep is how long a finished entry stays at least: a takeover looks it up.
	tidyKeep = time.Hour
)

// tidier purges what one unit has finished, where its stream gets full.
type tidier struct {
	reader *reader
	marks  []mark // where the position stood, a mark a minute
}

type mark struct {
	at       time.Time
	position uint64
}

// tick is called every second.
func (t *tidier) tick(ctx context.Context, position uint64) {
	now := time.Now()
	if n := len(t.marks); n > 0 && now.Sub(t.marks[n-1].at) < time.Minute {
		return
	}
	t.marks = append(t.marks, mark{now, position})
	old := 0
	for old+1 < len(t.marks) && now.Sub(t.marks[old+1].at) >= tidyKeep {
		old++
	}
	t.marks = t.marks[old:]
	if now.Sub(t.marks[0].at) < tidyKeep || t.reader.bus.fill(ctx, t.reader.follow.Stream.Name) < tidyFrom {
		return
	}
	if err := t.reader.bus.purge(ctx, t.reader.follow.Stream.Name, t.reader.unit.filter, t.marks[0].position); err != nil {
		t.reader.bus.log.Warn("finished entries not purged", "stream", t.reader.follow.Stream.Name, "err", err)
	}
}

// purge removes the entries of a subject up to a sequence.
func (b *Bus) purge(ctx context.Context, stream, filter string, upTo uint64) error {
	s, err := b.stream(ctx, stream)
	if err != nil {
		return err
	}
	return s.Purge(ctx, jetstream.WithPurgeSubject(filter), jetstream.WithPurgeSequence(upTo+1))
}

// fills remembers how full streams were.
type fills struct {
	mu    sync.Mutex
	known map[string]fill
}

type fill struct {
	share float64
	asked time.Time
}

// fillKept is how long a stream's fill is believed.
const fillKept = 5 * time.Second

// Full says that a stream is over a share of its room, as of a few seconds ago.
func (b *Bus) Full(ctx context.Context, stream string, share float64) bool {
	return b.fill(ctx, stream) > share
}

// fill is how full a stream is, 0 to 1, as of a few seconds ago. What cannot be known counts as empty.
func (b *Bus) fill(ctx context.Context, stream string) float64 {
	b.fills.mu.Lock()
	defer b.fills.mu.Unlock()
	f := b.fills.known[stream]
	if time.Since(f.asked) < fillKept {
		return f.share
	}
	f.asked = time.Now()
	if share, err := b.askFill(ctx, stream); err == nil {
		f.share = share
	}
	if b.fills.known == nil {
		b.fills.known = map[string]fill{}
	}
	b.fills.known[stream] = f
	return f.share
}

func (b *Bus) askFill(ctx context.Context, stream string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s, err := b.stream(ctx, stream)
	if err != nil {
		return 0, err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("state of %s: %w", stream, err)
	}
	if info.Config.MaxBytes <= 0 {
		return 0, nil
	}
	return float64(info.State.Bytes) / float64(info.Config.MaxBytes), nil
}

// checkPosition starts over where the stream has less than was read of it: it was made anew, or restored.
func (r *reader) checkPosition(ctx context.Context) error {
	s, err := r.bus.stream(ctx, r.follow.Stream.Name)
	if err != nil {
		return err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return fmt.Errorf("state of %s: %w", r.follow.Stream.Name, err)
	}
	if r.unit.position() <= info.State.LastSeq {
		return nil
	}
	r.bus.log.Warn("the stream holds less than was read of it: read from its start", "unit", r.unit.name, "position", r.unit.position(), "last", info.State.LastSeq)
	return r.unit.change(ctx, func(u *unitRecord) { u.Position = 0 })
}
