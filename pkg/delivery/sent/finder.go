package sent

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Finder finds on SENT what a network took. It remembers what was stored together with what it has found, so that messages that were
// sent at about the same time cost few requests. It is for one goroutine, and for one use: make one for each replay.
type Finder struct {
	bus *bus.Bus
	// events are those that were read on the way, by network and the key of their send.
	events map[[2]string]*eventv1.Event
	bytes  int
}

// NewFinder is one that has found nothing yet. It does no I/O.
func NewFinder(b *bus.Bus) *Finder { return &Finder{bus: b, events: map[[2]string]*eventv1.Event{}} }

// remembers bounds what a finder remembers, in bytes as they were stored.
const remembers = 16 << 20

// When the text of a send may have been stored, from the moment when its outcome was: it is begun before, and takes two publishes of
// [bus.RequestTimeout] at most.
const (
	before = time.Second
	behind = 30 * time.Second
)

// Around is when the text of a send was stored whose outcome was made and stored then, by two machines' clocks.
func Around(made, stored time.Time) (from, until time.Time) {
	from = stored
	if made.Before(from) {
		from = made
	}
	return from.Add(-before), stored.Add(behind)
}

// Find is the event of a send, as its network took it, or [bus.ErrNotFound]. It was stored between two times by the broker's clock; the
// zero time stands for no bound. [bus.ErrNoStream] means that nothing is kept at all.
func (f *Finder) Find(ctx context.Context, network, channel, key string, from, until time.Time) (*eventv1.Event, error) {
	if e := f.events[[2]string{network, key}]; e != nil {
		return e, nil
	}
	alone := &eventv1.Event{}
	switch _, err := f.bus.Read(ctx, topology.SentSubject(network, channel, key), alone); {
	case err == nil:
		return alone, nil
	case !errors.Is(err, bus.ErrNotFound):
		return nil, err
	}
	var found *eventv1.Event
	err := f.bus.Each(ctx, topology.Sent.Name, []string{topology.SentOfSeveral(network, "*")}, from, func(m *bus.Message) error {
		if !until.IsZero() && m.Stored.After(until) {
			return bus.ErrStop
		}
		if found = f.read(network, key, m); found != nil {
			return bus.ErrStop
		}
		return nil
	})
	if err != nil && !errors.Is(err, bus.ErrStop) {
		return nil, err
	}
	if found == nil {
		return nil, bus.ErrNotFound
	}
	return found, nil
}

// read remembers what a message of SENT holds, and returns the event of a send if it is among that.
func (f *Finder) read(network, key string, m *bus.Message) (found *eventv1.Event) {
	first := &eventv1.Event{}
	if err := proto.Unmarshal(m.Data, first); err != nil {
		return nil // of what cannot be read nothing can be sent again
	}
	if f.bytes += len(m.Data); f.bytes > remembers {
		clear(f.events)
		f.bytes = len(m.Data)
	}
	more := first.More
	first.More = nil
	for _, e := range append(more, first) {
		own := topology.MessageKey(topology.MessageOf(e))
		f.events[[2]string{network, own}] = e
		if own == key {
			found = e
		}
	}
	return found
}
