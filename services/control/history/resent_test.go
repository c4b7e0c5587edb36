package history

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// What failed and was brought back stands as a failure no more, and is not forgotten: it is told how it failed, and what became of it.
func TestWhatWasBroughtBackIsNotForgotten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		life         []*journalv1.Entry
		failed, back string
	}{
		"stands":                   {[]*journalv1.Entry{fails(entry("m", 2, hopFailed))}, "refused", ""},
		"brought back":             {[]*journalv1.Entry{fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0)}, "", "refused 2 9 accepted"},
		"and sent":                 {[]*journalv1.Entry{fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0), of(entry("m", 10, hopSent), 1, 0)}, "", "refused 2 9 sent"},
		"and failed again":         {[]*journalv1.Entry{fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0), fails(of(entry("m", 10, hopFailed), 1, 0))}, "refused", ""},
		"and again":                {[]*journalv1.Entry{fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0), fails(of(entry("m", 10, hopFailed), 1, 0)), of(entry("m", 11, hopReplayed), 2, 0)}, "", "refused 10 11 accepted"},
		"what failed by a receipt": {[]*journalv1.Entry{entry("m", 1, hopSent), byReceipt(fails(entry("m", 4, hopFailed))), of(entry("m", 9, hopReplayed), 1, 0)}, "", "receipt 4 9 accepted"},
		"delivered, nobody did it": {[]*journalv1.Entry{entry("m", 1, hopSent), entry("m", 4, hopDelivered)}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one, each := newBook(t), newBook(t)
			life := append([]*journalv1.Entry{routed("m", 0)}, test.life...)
			one.write(life...)
			for _, e := range life {
				each.write(e)
				w, err := each.file.Writer() // after a start anew
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(w.Close)
				each.w = w
			}
			for how, b := range map[string]*book{"one batch": one, "one by one": each} {
				if got := b.listed(false); got != test.failed {
					t.Errorf("%s: failed %q, want %q", how, got, test.failed)
				}
				if got := b.listed(true); got != test.back {
					t.Errorf("%s: brought back %q, want %q", how, got, test.back)
				}
				counts, err := b.Counts(t.Context())
				if n := counts["tienda"]; err != nil || (n.FailedLastDay == 1) != (test.failed != "") || (n.ResentLastDay == 1) != (test.back != "") {
					t.Errorf("%s: %+v, %v", how, n, err)
				}
			}
		})
	}
}

// listed are the failures, or what was brought back, in short.
func (b *book) listed(resent bool) string {
	b.t.Helper()
	all, _, err := b.Failures(b.t.Context(), &controlv1.ListFailuresRequest{Resent: resent})
	if err != nil {
		b.t.Fatal(err)
	}
	var lines []string
	for _, f := range all {
		line := terms.EnumWord(f.GetKind())
		if resent {
			line += fmt.Sprintf(" %v %v %s", f.GetTime().AsTime().Sub(began).Seconds(), f.GetResentAt().AsTime().Sub(began).Seconds(), terms.EnumWord(f.GetState()))
		}
		if f.GetWhy().GetCode() != blocked.GetCode() {
			line += " and nobody knows why"
		}
		lines = append(lines, line)
	}
	if n, err := b.Resent(b.t.Context(), &controlv1.FailureFilter{Channel: "tienda", Since: at(0)}); err != nil || resent && n != uint64(len(all)) {
		b.t.Errorf("%d, %v", n, err)
	}
	return strings.Join(lines, "; ")
}

// When something was sent last is known of each way, of what was brought back too.
func TestWhenSomethingWasSentLast(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.write(routed("old", 0), fails(entry("old", 2, hopFailed)), routed("new", 5), entry("new", 6, hopSent), of(entry("old", 40, hopReplayed), 1, 0), of(entry("old", 41, hopSent), 1, 0))
	b.write(
		like(routed("in", 10), func(e *journalv1.Entry) {
			e.AcceptedBy, e.Direction = "egress-telegram", messagev1.Direction_DIRECTION_INBOUND
		}),
		like(entry("in", 12, hopSent), func(e *journalv1.Entry) { e.Service = "egress-bonychat" }),
	)
	counts, err := b.Counts(t.Context())
	if n := counts["tienda"]; err != nil || !n.LastSent.Equal(at(41).AsTime()) || !n.LastTold.Equal(at(12).AsTime()) || !n.LastIn.Equal(at(10).AsTime()) {
		t.Errorf("%+v, %v", n, err)
	}
}
