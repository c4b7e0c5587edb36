package hops

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func at(seconds int) *timestamppb.Timestamp {
	return timestamppb.New(began.Add(time.Duration(seconds) * time.Second))
}

func entry(hop journalv1.Hop, seconds int) *journalv1.Entry {
	return &journalv1.Entry{Hop: hop, At: at(seconds)}
}

func told(all []*controlv1.Hop) string {
	var words []string
	for _, h := range all {
		words = append(words, fmt.Sprint(h.GetHop(), int(h.GetTime().AsTime().Sub(began).Seconds())))
	}
	return strings.Join(words, " ")
}

// A way is told once, in the order of what happened, whatever the journal repeats and networks' clocks say.
func TestAWayIsToldOnceAndInOrder(t *testing.T) {
	t.Parallel()
	routed := entry(journalv1.Hop_HOP_ROUTED, 2)
	routed.AcceptedAt, routed.AcceptedBy = at(1), "ingress"
	late := entry(journalv1.Hop_HOP_SENT, 9) // the same send, told again with another time
	back := entry(journalv1.Hop_HOP_SENT, 20)
	back.Generation = 1
	for name, test := range map[string]struct {
		entries []*journalv1.Entry
		want    string
	}{
		"as it was written":            {[]*journalv1.Entry{routed, entry(journalv1.Hop_HOP_SENT, 3), entry(journalv1.Hop_HOP_READ, 4)}, "accepted1 routed2 sent3 read4"},
		"told twice":                   {[]*journalv1.Entry{routed, entry(journalv1.Hop_HOP_SENT, 3), routed, late}, "accepted1 routed2 sent3"},
		"a receipt by an earlier time": {[]*journalv1.Entry{entry(journalv1.Hop_HOP_READ, 0), routed, entry(journalv1.Hop_HOP_SENT, 3)}, "accepted1 routed2 sent3 read3"},
		"waits are each told":          {[]*journalv1.Entry{routed, entry(journalv1.Hop_HOP_WAITING, 3), entry(journalv1.Hop_HOP_WAITING, 4)}, "accepted1 routed2 waiting3 waiting4"},
		"a send of each generation":    {[]*journalv1.Entry{routed, entry(journalv1.Hop_HOP_SENT, 3), back}, "accepted1 routed2 sent3 sent20"},
	} {
		var w Way
		for _, e := range test.entries {
			w.Add(e, []byte(e.String()))
		}
		if got := told(w.Hops()); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Of a way without end the beginning and the end are told.
func TestOfALongWayBothEndsAreTold(t *testing.T) {
	t.Parallel()
	var w Way
	for i := range 2 * Most {
		w.Add(entry(journalv1.Hop_HOP_WAITING, i), []byte(fmt.Sprint(i)))
	}
	all := w.Hops()
	if len(all) != Most || told(all[:1]) != "waiting0" || told(all[Most-1:]) != fmt.Sprint("waiting", 2*Most-1) {
		t.Errorf("%d hops, %s to %s", len(all), told(all[:1]), told(all[len(all)-1:]))
	}
}
