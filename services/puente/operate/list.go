package operate

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/reason"
)

// MostListed bounds how many dead letters are listed at once.
const MostListed = 10_000

// DeadLetters are the messages and calls that a bridge could not deliver.
type DeadLetters struct {
	Broker Broker
	// Networks are the names of those that this program has. A query about any other that the bridge does not have either
	// is an error.
	Networks []string
	// Out is for people, in text that cannot command a terminal.
	Out io.Writer
}

// List writes one line for each that the query finds, the oldest first: where, when and why. What it says, and to whom,
// only Show tells. A query that finds nothing because its channel or network does not exist is an error. The query's
// limit is 1 to MostListed.
func (d DeadLetters) List(ctx context.Context, q deadletter.Query) error {
	return d.Broker.with(ctx, func(ctx context.Context, b *bus.Bus) error {
		letters, more, err := deadletter.List(ctx, b, q)
		if err != nil {
			return err
		}
		if len(letters) == 0 {
			if err := d.refuseUnknown(ctx, b, q); err != nil {
				return err
			}
			fmt.Fprintln(d.Out, "no dead letters")
			return nil
		}
		w := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tTIME\tCHANNEL\tNETWORK\tKIND\tGIVEN UP BY\tKEY\tREASON")
		for _, l := range letters {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
				l.Sequence, l.At.Local().Format(time.DateTime), l.Channel, l.Network, l.Kind, l.Service, l.Key, reasonOf(l))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if more {
			fmt.Fprintf(d.Out, "there are more: --after %d\n", letters[len(letters)-1].Sequence)
		}
		return nil
	})
}

func reasonOf(l deadletter.Letter) string {
	return l.Why.OfPart(int(l.Part)+1, int(l.Parts)).Text(reason.OfTerminal())
}
