package history

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes the verdict, and what struck the far ends by the history, as a table.
func (v Verdict) Print(w io.Writer, b *History) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells ...any) {
		for _, c := range cells {
			fmt.Fprintf(t, "%v\t", c)
		}
		fmt.Fprintln(t)
	}
	row("", Outbound, Inbound)
	row("accepted", v.Accepted[Outbound], v.Accepted[Inbound])
	row("lost", v.Lost[Outbound], v.Lost[Inbound])
	row("out of order", v.Inversions[Outbound], v.Inversions[Inbound])
	for _, c := range causes {
		if c.excused() || v.Doubled[Outbound][c]+v.Doubled[Inbound][c] > 0 || c == AtRoll {
			row("doubled "+string(c), v.Doubled[Outbound][c], v.Doubled[Inbound][c])
		}
	}
	row("in flight at the kills", v.InFlight[Outbound], v.InFlight[Inbound])
	row("dropped by key or id", b.Suppressed, Sum(v.Doubled[Inbound])-v.NewID)
	row("refused, of those arrived", fmt.Sprintf("%d, %d", b.Refused, v.Uncounted), "")
	_ = t.Flush()

	fmt.Fprintf(w, "\nreceipts  %d; lost %s, backwards %s, repeated%s\n", v.Receipts, named(v.ReceiptsLost), named(v.ReceiptsBackwards), list(v.ReceiptsRepeated))
	fmt.Fprintf(w, "done to processes  %d kills, %d pauses, %d hand-overs, %d node kills (%d while draining)\n",
		v.Disruptions[Kill], v.Disruptions[Pause], v.Disruptions[Roll], v.Disruptions[NodeKill], v.Draining)
	fmt.Fprintf(w, "faults of far ends \n")
	for _, f := range slices.Sorted(maps.Keys(b.Faults)) {
		fmt.Fprintf(w, "  %-42s %d\n", f, b.Faults[f])
	}
	fmt.Fprintln(w, "longest stall of a healthy contact, by what was done before")
	for _, s := range v.Stalls {
		fmt.Fprintf(w, "  %-42s %s of %s\n", s.What+", "+s.After, s.Wait.Round(time.Millisecond), s.Bound.Round(time.Millisecond))
	}
	if v.Held() {
		fmt.Fprintln(w, "\nall held")
		return
	}
	fmt.Fprintln(w, "\nbroken:")
	for _, p := range v.Complaints() {
		fmt.Fprintln(w, "  "+p)
	}
}

// Sum is how many came twice, whatever caused it.
func Sum(m map[Cause]int) (n int) {
	for _, c := range m {
		n += c
	}
	return n
}

// list is what came twice, by cause; " 0" where nothing did.
func list(m map[Cause]int) string {
	var all []string
	for _, c := range causes {
		if m[c] > 0 {
			all = append(all, fmt.Sprintf(" %d %s", m[c], c))
		}
	}
	if len(all) == 0 {
		return " 0"
	}
	return strings.Join(all, ",")
}
