package consume

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// How long a reader hears nothing before it is looked whether it misses something: the first time, and once it seems to.
const (
	quietFor  = 2 * time.Second
	missesFor = time.Second
)

// A look holds up the reading: so it has a bound. The broker may refuse to answer at all, where its rights are those of an earlier version.
const (
	answersWithin = time.Second
	longestRest   = time.Minute // after looks that were not answered
)

// missing looks whether a reader that hears nothing misses something. The broker can stop delivering without a sign, as when the server
// dies that had the reader's consumer. The client sees that after four seconds; but if it asks for another consumer while the broker
// is electing, it may wait ten more. One goroutine uses it.
type missing struct {
	bus            *bus.Bus
	stream, filter string

	seen   uint64 // the last of the stream, when nothing was missing
	missed uint64 // what was stored and not delivered; 0 for nothing
	// not is until when it is not looked, because the broker did not answer, and rest for how long that was.
	not  time.Time
	rest time.Duration
}

// errMissed means that an entry was stored and not delivered.
var errMissed = errors.New("not delivered")

// next waits for the reader's next message, behind the last that was read. It returns nil where none came for a while and none is
// missing, and errMissed where one is. quiet, unless nil, is asked in between: with how the stream stands.
func (l *missing) next(ctx context.Context, r *bus.Reader, last uint64, quiet func(bus.StreamState) error) (*bus.Message, error) {
	wait := quietFor
	if l.missed != 0 {
		wait = missesFor
	}
	m, err := r.Within(ctx, wait)
	if m != nil || err != nil {
		l.missed = 0
		return m, err
	}
	state, asked := l.bus.Recent(ctx, l.stream)
	if time.Since(asked) >= quietFor { // it may not know yet of what was read
		return nil, nil
	}
	if quiet != nil {
		if err := quiet(state); err != nil {
			return nil, err
		}
	}
	return nil, l.look(ctx, state, last)
}

// look says whether something is missing. A stream that has had no message since the last look costs one request for all its partitions
// together.
func (l *missing) look(ctx context.Context, state bus.StreamState, last uint64) error {
	if state.Last == l.seen || time.Now().Before(l.not) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	next, err := l.bus.Next(ctx, l.stream, l.filter, last+1)
	switch {
	case err == nil && next.Sequence == l.missed: // believed the second time: the first may be on its way
		return fmt.Errorf("message %d of %s: %w", l.missed, l.stream, errMissed)
	case err == nil:
		l.missed = next.Sequence
	case errors.Is(err, bus.ErrNotFound):
		l.seen, l.missed = state.Last, 0
	default:
		l.rest = min(max(2*l.rest, time.Second), longestRest)
		l.not = time.Now().Add(l.rest)
		return nil
	}
	l.rest = 0
	return nil
}
