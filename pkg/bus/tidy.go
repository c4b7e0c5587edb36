package bus

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// How full a stream with limits may get before its finished entries go, and before nothing new is begun.
const (
	tidyFrom  = 0.7
	tightFrom = 0.8
	stopFrom  = 0.9
	// tidyKeep is how long a finished entry stays at least: a takeover looks it up, and a person may.
	tidyKeep = time.Hour
	// tightKeep is how long it stays where room runs out and nobody can look it up any more: clocks differ.
	tightKeep = time.Minute

	markEvery = 10 * time.Second
)

// tidier purges what one unit has finished, where its stream gets full.
type tidier struct {
	reader *reader
	marks  []mark // where the position stood
}

type mark struct {
	at       time.Time
	position uint64
}

// tick is called every second.
func (t *tidier) tick(ctx context.Context, position uint64) {
	now := time.Now()
	if n := len(t.marks); n > 0 && now.Sub(t.marks[n-1].at) < markEvery {
		return
	}
	t.marks = append(t.marks, mark{now, position})
	for len(t.marks) > 1 && now.Sub(t.marks[1].at) >= tidyKeep {
		t.marks = t.marks[1:]
	}
	stream := t.reader.follow.Stream.Name
	fill := t.reader.bus.fill(ctx, stream)
	if fill < tidyFrom {
		return
	}
	before := now.Add(-tidyKeep)
	if fill >= tightFrom {
		if needed := t.needed(ctx, now).Add(-tightKeep); needed.After(before) {
			before = needed
		}
	}
	upTo := finishedBefore(t.marks, before)
	if upTo == 0 {
		return
	}
	if err := t.reader.bus.purge(ctx, stream, t.reader.unit.filter, upTo); err != nil {
		t.reader.bus.log.Warn("finished entries not purged", "stream", stream, "err", err)
	}
}

// finishedBefore is the position up to which all was finished before a moment, 0 where that is not known.
func finishedBefore(marks []mark, moment time.Time) (position uint64) {
	for _, m := range marks {
		if !m.at.After(moment) {
			position = m.position
		}
	}
	return position
}

// needed is since when entries can still be looked up. A raw call is looked up by nobody. An outcome is by whoever takes
// over a message that is still on its way: what was stored before the oldest of those belongs to none of them.
func (t *tidier) needed(ctx context.Context, now time.Time) time.Time {
	far := topology.DestinationOf(t.reader.follow.Stream.Name)
	if t.reader.follow.Stream.Name != topology.Outcomes(far).Name {
		return now
	}
	s, err := t.reader.bus.stream(ctx, topology.Egress(far).Name)
	if err != nil {
		return time.Time{}
	}
	info, err := s.Info(ctx)
	if err != nil {
		return time.Time{}
	}
	if info.State.Msgs == 0 {
		return now
	}
	return info.State.FirstTime
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
	return b.fill(ctx, stream) > share
}

// fill is how full a stream is, 0 to 1, as of a moment ago. What cannot be known counts as empty.
// One asks; the others believe the last answer meanwhile: a broker that is slow holds back nobody else.
func (b *Bus) fill(ctx context.Context, stream string) float64 {
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
