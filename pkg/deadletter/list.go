package deadletter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Query says which dead letters. Empty fields do not choose; the zero value is the first page of all.
type Query struct {
	// Network and Channel are those of the letters; each is one name, without wildcards.
	Network, Channel string
	// Since is the earliest time at which it was given up.
	Since time.Time
	// After is the Sequence of the last letter of the page before; 0 begins with the first.
	After uint64
	// Limit is how many at most; default 100. There is no upper bound: each letter of a page is in memory.
	Limit int
}

// defaultLimit is how many dead letters a page has that does not say. A page of parts may end within a message:
// whoever replays lists on, until there are no more.
const defaultLimit = 100

// List lists dead letters, the oldest first, and says whether there may be more. It reads them one after the other,
// with one request each: they are few. Letters that are buried while it reads are not listed. A network or channel
// that no channel can have is [bus.ErrName].
func List(ctx context.Context, b *bus.Bus, q Query) (letters []Letter, more bool, err error) {
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	filter := topology.DeadSubject("*", cmp.Or(q.Network, "*"), cmp.Or(q.Channel, "*"))
	if err := bus.CheckFilter(filter); err != nil {
		return nil, false, fmt.Errorf("dead letters of network %.40q, channel %.40q: %w", q.Network, q.Channel, err)
	}
	state, err := b.State(ctx, topology.Dead.Name)
	if err != nil {
		return nil, false, err
	}
	// what is buried while this reads is for the next time
	for next := q.After + 1; next <= state.Last; {
		m, err := b.Next(ctx, topology.Dead.Name, filter, next)
		if errors.Is(err, bus.ErrNotFound) || err == nil && m.Sequence > state.Last {
			return letters, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		next = m.Sequence + 1
		letter, _, _ := open(m)
		if letter.At.Before(q.Since) {
			continue
		}
		// one more matches, so there is another page
		if len(letters) == q.Limit {
			return letters, true, nil
		}
		letters = append(letters, letter)
	}
	return letters, false, nil
}

// Read is one dead letter with the event that it holds: nil for a network's call, and for what cannot be read. An
// event holds what a person wrote, and to whom: it is for an operator's eyes, and for no log. It is a copy, which may
// be changed.
//
// [bus.ErrNotFound] means that there is no such letter any more: it was replayed, or was too old.
func Read(ctx context.Context, b *bus.Bus, sequence uint64) (Letter, *eventv1.Event, error) {
	m, err := b.At(ctx, topology.Dead.Name, sequence)
	if err != nil {
		return Letter{}, nil, err
	}
	letter, _, event := open(m)
	return letter, event, nil
}

// Group puts the letters that are replayed together beside each other, in the order in which the first of each came:
// those of one message, whose parts go all at once or not at all, and those of one call, which is read again whole.
// Everything else is alone. It reads nothing: letters that were not listed are not in it, and [Replay] refuses a
// message of which parts are missing.
func Group(letters []Letter) [][]Letter {
	var groups [][]Letter
	places := map[string]int{}
	for _, l := range letters {
		whole, shared := l.whole()
		at, ok := places[whole]
		if !shared || !ok {
			at, groups = len(groups), append(groups, nil)
		}
		if shared {
			places[whole] = at
		}
		groups[at] = append(groups[at], l)
	}
	return groups
}

// whole names what a letter is a piece of; shared says that this may have several letters. Letters with one name are
// replayed together.
func (l Letter) whole() (name string, shared bool) {
	switch {
	case (l.Kind == Outbound || l.Kind == Inbound) && l.waits():
		return l.subject + " " + l.ID, true
	case l.Kind == Call && l.entry != 0:
		return fmt.Sprintf("%s %d", l.subject, l.entry), true
	default:
		return "", false
	}
}
