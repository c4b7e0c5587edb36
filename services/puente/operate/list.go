package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// mostListed bounds what is listed at once.
const mostListed = 10_000

// dead lists dead letters: where, when and why. What one says, and to whom, is shown for that one alone.
func dead(args []string, stdout, stderr io.Writer) error {
	f := flags("dead", stderr)
	var p place
	p.flags(f)
	var q bus.LetterQuery
	f.StringVar(&q.Channel, "channel", "", "only of this channel")
	f.StringVar(&q.Network, "network", "", "only of this network's channels")
	f.IntVar(&q.Limit, "limit", 100, "how many at most, the oldest first, up to 10000")
	f.Uint64Var(&q.After, "after", 0, "go on behind this number")
	show := f.Uint64("show", 0, "show the letter with this number whole: who wrote what, or was written to")
	since := f.Duration("since", 0, "only of this last time, such as 24h")
	if err := parse(f, args); err != nil {
		return err
	}
	if q.Limit < 1 || q.Limit > mostListed {
		return fmt.Errorf("-limit must be 1 to %d", mostListed)
	}
	if *since < 0 {
		return errors.New("-since must not be negative")
	}
	if *since > 0 {
		q.Since = time.Now().Add(-*since)
	}
	return p.with(func(ctx context.Context, b *bus.Bus) error {
		if *show > 0 {
			return showLetter(ctx, b, *show, stdout)
		}
		letters, more, err := b.Letters(ctx, q)
		if err != nil {
			return err
		}
		if len(letters) == 0 {
			if err := refuseUnknown(ctx, b, q); err != nil {
				return err
			}
			fmt.Fprintln(stdout, "no dead letters")
			return nil
		}
		w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tTIME\tCHANNEL\tNETWORK\tKIND\tGIVEN UP BY\tKEY\tREASON")
		for _, l := range letters {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
				l.Sequence, l.At.Local().Format(time.DateTime), l.Channel, l.Network, l.Kind, l.Service, l.Key, reasonOf(l))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if more {
			fmt.Fprintf(stdout, "there are more: -after %d\n", letters[len(letters)-1].Sequence)
		}
		return nil
	})
}

func reasonOf(l bus.Letter) string {
	if l.Parts > 1 {
		return fmt.Sprintf("part %d of %d: %s", l.Part+1, l.Parts, l.Reason)
	}
	return l.Reason
}
