package operate

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/services/puente/words"
)

// How much one replay looks through: a message's letters have to be seen together. They are found by reading all letters:
// to have the message in the subject would cost memory for each.
const (
	lettersPage = 1000
	mostLetters = 100_000
)

// Replay tries again what the query and the key choose, the oldest first, and writes what became of each. A key is the id
// of a message, or the key of a dead letter; "" chooses all of the query. It returns an error where some of them stay. A
// call that the context ended can be repeated: nothing is sent twice.
func (d DeadLetters) Replay(ctx context.Context, q deadletter.Query, key string) error {
	return d.Broker.with(ctx, func(ctx context.Context, b *bus.Bus) error {
		letters, err := lettersOf(ctx, b, q)
		if err != nil {
			return err
		}
		if len(letters) == 0 {
			if err := d.refuseUnknown(ctx, b, q); err != nil {
				return err
			}
		}
		r := report{out: d.Out}
		for _, together := range deadletter.Group(letters) {
			if key != "" && !named(together, key) {
				continue
			}
			if ctx.Err() != nil {
				return errors.Join(r.end(), errors.New("interrupted: what is left can be brought back later"))
			}
			again, err := deadletter.Replay(ctx, b, together)
			r.tell(together, again, err)
		}
		if key != "" && r.total() == 0 {
			return fmt.Errorf("there is no dead letter of the message or key %s", key)
		}
		return r.end()
	})
}

// lettersOf reads everything that is chosen.
func lettersOf(ctx context.Context, b *bus.Bus, q deadletter.Query) ([]deadletter.Letter, error) {
	q.Limit = lettersPage
	var letters []deadletter.Letter
	for {
		page, more, err := deadletter.List(ctx, b, q)
		if err != nil {
			return nil, err
		}
		letters = append(letters, page...)
		if !more {
			return letters, nil
		}
		if len(letters) >= mostLetters {
			return nil, fmt.Errorf("there are more than %d dead letters: choose fewer with --channel or --network", mostLetters)
		}
		q.After = page[len(page)-1].Sequence
	}
}

// named says that the key is that of one of the letters, or the message's id.
func named(letters []deadletter.Letter, key string) bool {
	for _, l := range letters {
		if l.Key == key || l.ID == key {
			return true
		}
	}
	return false
}

// report counts what became of dead letters.
type report struct {
	out                      io.Writer
	back, over, stale, never int
}

func (r *report) total() int { return r.back + r.over + r.stale + r.never }

func (r *report) tell(letters []deadletter.Letter, again bool, err error) {
	l := letters[0]
	what := fmt.Sprintf("channel %s: %s %s", l.Channel, l.Kind, l.Key)
	switch n := len(letters); {
	case n > 1 && l.Kind == deadletter.Call:
		what += fmt.Sprintf(" and %d more of the same call", n-1)
	case n > 1:
		what += fmt.Sprintf(" and %d more parts", n-1)
	}
	switch {
	case err != nil && l.Kind == deadletter.Status:
		r.stale++ // what it told is stale: nobody misses it
	case err != nil:
		r.never++
		fmt.Fprintf(r.out, "%s stays: %v\n", what, err)
	case again:
		r.back++
		fmt.Fprintf(r.out, "%s is on its way again\n", what)
	default:
		r.over++
		fmt.Fprintf(r.out, "%s needed nothing: it was sent after all, or brought back before\n", what)
	}
}

// end sums up. What was asked for and stays is an error.
func (r *report) end() error {
	if r.total() == 0 {
		fmt.Fprintln(r.out, "no dead letters")
		return nil
	}
	fmt.Fprintf(r.out, "on their way again: %d, needed nothing: %d, stay: %d, stale statuses: %d\n", r.back, r.over, r.never, r.stale)
	if r.never > 0 {
		return fmt.Errorf("%s could not be brought back", words.Count(r.never, "dead letter"))
	}
	return nil
}
