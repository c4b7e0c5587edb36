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

// Query selects dead letters. An empty field does not restrict; the zero value selects the first page of all.
type Query struct {
	// Network and Channel are those of the letters; each is one name, without wildcards.
	Network, Channel string
	// Since leaves out letters that were given up earlier.
	Since time.Time
	// After is the Sequence of the last letter of the previous page; 0 begins with the first letter.
	After uint64
	// Limit is the largest number of letters; default 100. It has no upper bound, but every letter of a page is held in memory.
	Limit int
}

// defaultLimit is how many dead letters a page has that does not say. A page of parts may end within a message:
// whoever replays lists on, until there are no more.
const defaultLimit = 100

// List lists dead letters, the oldest first. more says that another page may hold further ones. It makes one request for each letter.
// Letters that are buried while it reads are not listed. A network or channel with a name that cannot be is [bus.ErrName].
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

// Read is one dead letter with the event that it holds: nil for a network's call, and for a body that cannot be read. The event holds
// what a person wrote, and to whom: show it to operators who may see content, and log nothing of it. It is a copy, which may be changed.
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

// Group collects letters into groups that are replayed together, in the order of the first letter of each: the letters of one
// message, whose parts go all at once or not at all, and the letters of one call, which is read again as a whole. Any other letter is
// a group of its own. Group makes no request, so letters that were not listed are missing, and [Replay] refuses a message of which
// parts are missing.
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
