package history

import (
	"fmt"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Failures are counted by reason and kind, and listed by everything that a filter has.
func TestFailures(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	full := &reasonv1.Reason{Code: "telegram.full_100%", Fault: reasonv1.Fault_FAULT_SETUP, En: "the account is 100% full", Es: "la cuenta está llena al 100%"}
	for i := range 3 {
		b.write(routed(fmt.Sprintf("blocked%d", i), i), fails(entry(fmt.Sprintf("blocked%d", i), 10+i, hopFailed)))
	}
	b.write(routed("full", 5), entry("full", 6, hopSent), like(byReceipt(entry("full", 20, hopFailed)), func(e *journalv1.Entry) { e.Why = full }))
	b.write(routed("back", 5), fails(entry("back", 6, hopFailed)), of(entry("back", 30, hopReplayed), 1, 0))
	b.write(routed("old", 5), like(entry("old", 40, hopFailed), func(e *journalv1.Entry) { e.Reason = "a sentence alone" }))
	for want, q := range map[string]*controlv1.FailureFilter{
		"old full blocked2 blocked1 blocked0": {},
		"full":                                {Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT},
		"full ":                               {Reason: "100%"},
		"":                                    {Reason: "100_"},
		" full":                               {Fault: reasonv1.Fault_FAULT_SETUP},
		"blocked2 blocked1 blocked0":          {Reason: "telegram.bot_blocked"},
		"blocked2 blocked1 blocked0 ":         {Reason: "HA BLOQUEADO"},
		"blocked1 blocked0":                   {Until: at(12), Channel: "tienda", Network: "telegram"},
		"old":                                 {Reason: "sentence alone"},
		"blocked1":                            {Key: "blocked1-0-0"},
		" ":                                   {Number: 3},
		"  ":                                  {Channel: "nobody"},
	} {
		page, _, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{Filter: q})
		var ids []string
		for _, f := range page {
			ids = append(ids, f.GetId())
		}
		if got := strings.Join(ids, " "); got != strings.TrimSpace(want) || err != nil {
			t.Errorf("%v: %q, want %q, %v", q, got, want, err)
		}
		sum, err := b.Summary(t.Context(), q)
		if err != nil || sum.GetTotal() != uint64(len(ids)) {
			t.Errorf("%v: %d, %v", q, sum.GetTotal(), err)
		}
	}
	sum, err := b.Summary(t.Context(), nil)
	if err != nil || len(sum.GetGroups()) != 3 {
		t.Fatalf("%v, %v", sum, err)
	}
	g := sum.GetGroups()[0]
	if g.GetCount() != 3 || g.GetWhy().GetCode() != blocked.GetCode() || g.GetExample() != "blocked2" || len(g.GetChannels()) != 1 || !g.GetFirst().AsTime().Equal(at(10).AsTime()) || !g.GetLast().AsTime().Equal(at(12).AsTime()) {
		t.Errorf("%v", g)
	}
	first, next, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{PageSize: 2})
	second, last, err2 := b.Failures(t.Context(), &controlv1.ListFailuresRequest{PageSize: 3, PageToken: next})
	if err != nil || err2 != nil || len(first) != 2 || len(second) != 3 || second[0].GetId() != "blocked2" || last != "" {
		t.Errorf("pages: %v %v, %v %v, %q", first, err, second, err2, last)
	}
}

// What happened to a channel is told of the channel; a hold that was changed while it held, once.
func TestChannelEvents(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	held, resumed := fails(entry("", 1, journalv1.Hop_HOP_HELD)), entry("", 9, journalv1.Hop_HOP_RESUMED)
	changed := fails(entry("", 1, journalv1.Hop_HOP_HELD))
	changed.AcceptedBy = "another"
	b.write(held, changed, resumed)
	events, err := b.ChannelEvents(t.Context(), "tienda")
	if err != nil || len(events) != 2 || events[0].GetWhat() != "resumed" || events[1].GetWhat() != "held" || events[1].GetWhy().GetCode() != blocked.GetCode() {
		t.Errorf("%v, %v", events, err)
	}
}
