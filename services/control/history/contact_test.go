package history

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/record"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// A message knows when the far end had all of it, apart from when it was delivered or read.
func TestWhenItWasSent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		life []*journalv1.Entry
		sent int // when it was sent; -1 for never
	}{
		{"on its way", []*journalv1.Entry{routed("m", 0)}, -1},
		{"told to wait", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopWaiting))}, -1},
		{"read long after", []*journalv1.Entry{routed("m", 0), entry("m", 3, hopSent), entry("m", 4, hopDelivered), entry("m", 300, hopRead)}, 3},
		{"the receipt comes before the outcome", []*journalv1.Entry{routed("m", 0), entry("m", 5, hopDelivered), entry("m", 3, hopSent)}, 3},
		{"told again later", []*journalv1.Entry{routed("m", 0), entry("m", 3, hopSent), entry("m", 9, hopSent)}, 3},
		{"by a clock that is behind", []*journalv1.Entry{routed("m", 10), entry("m", 20, hopDelivered), entry("m", 2, hopSent)}, 20},
		{"in parts", []*journalv1.Entry{split(routed("m", 0), 2), of(entry("m", 1, hopSent), 0, 0), of(entry("m", 7, hopSent), 0, 1), of(entry("m", 9, hopRead), 0, 0), of(entry("m", 9, hopRead), 0, 1)}, 7},
		{"parts are told late", []*journalv1.Entry{of(entry("m", 1, hopSent), 0, 0), split(routed("m", 0), 2)}, -1},
		{"refused", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed))}, -1},
		{"failed by a receipt", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), byReceipt(fails(entry("m", 4, hopFailed)))}, 1},
		{"brought back", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), byReceipt(fails(entry("m", 4, hopFailed))), of(entry("m", 9, hopReplayed), 1, 0)}, -1},
		{"brought back and sent", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), byReceipt(fails(entry("m", 4, hopFailed))), of(entry("m", 9, hopReplayed), 1, 0), of(entry("m", 12, hopSent), 1, 0)}, 12},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			for _, e := range test.life { // each read back, as a process that begins anew does
				b.write(e)
			}
			m := b.one("m")
			if test.sent < 0 && m.GetSentAt() != nil || test.sent >= 0 && !m.GetSentAt().AsTime().Equal(at(test.sent).AsTime()) {
				t.Errorf("sent at %v, want %d", m.GetSentAt().AsTime().Sub(began), test.sent)
			}
		})
	}
}

// A file of the version before, which did not know when messages were sent, is made anew from the journal.
func TestAFileThatDoesNotKnowWhenMessagesWereSent(t *testing.T) {
	t.Parallel()
	b, dir := bustest.Start(t, "telegram").Connect("control"), t.TempDir()
	journal(t, b, routed("m1", 0), entry("m1", 3, hopSent), entry("m1", 300, hopRead))
	h, stop := following(t, b, dir)
	caughtUp(t, h, b)
	stop()
	tamper(t, dir, "ALTER TABLE messages DROP COLUMN sent_at", "PRAGMA user_version = 3")
	h, _ = following(t, b, dir)
	caughtUp(t, h, b)
	if got := all(t, h); len(got) != 1 || !got[0].GetSentAt().AsTime().Equal(at(3).AsTime()) {
		t.Errorf("%v", got)
	}
}

// Messages are listed by their contact, page by page, and so is what failed; and by their ids and keys.
func TestOfOneContact(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	other := record.ContactDigest(digester{}, "tienda", "+34600999888")
	to := func(e *journalv1.Entry) *journalv1.Entry {
		return like(e, func(e *journalv1.Entry) { e.Contact = other })
	}
	b.write(routed("m1", 1), entry("m1", 2, hopSent), routed("m2", 3), fails(entry("m2", 4, hopFailed)), routed("m3", 5))
	b.write(to(routed("o1", 2)), to(fails(entry("o1", 6, hopFailed))), to(routed("o2", 4)), to(entry("o2", 6, hopSent)), to(routed("o3", 8)))
	ids := func(q *controlv1.ListMessagesRequest) (string, string) {
		t.Helper()
		page, next, err := b.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range page {
			all = append(all, m.GetId())
		}
		return strings.Join(all, " "), next
	}
	for want, q := range map[string]*controlv1.ListMessagesRequest{
		"o3 o2 o1":  {Contact: other},
		"o3 o2 o1 ": {Contact: other, Channel: "tienda", Network: "telegram", Direction: controlv1.Direction_DIRECTION_OUT},
		"o2":        {Contact: other, State: controlv1.State_STATE_SENT},
		"":          {Contact: other, Network: "line"},
		" ":         {Contact: other, Channel: "nobody"},
		"  ":        {Contact: "nobody"},
		"o3 o2":     {Contact: other, Since: at(3)},
		"o1 m1":     {Ids: []string{"m1", "o1", "nobody"}},
		"o1":        {Ids: []string{"m1", "o1"}, Contact: other},
	} {
		if got, _ := ids(q); got != strings.TrimSpace(want) {
			t.Errorf("%v: %q, want %q", q, got, want)
		}
	}
	first, next := ids(&controlv1.ListMessagesRequest{Contact: other, PageSize: 2})
	second, last := ids(&controlv1.ListMessagesRequest{Contact: other, PageSize: 2, PageToken: next})
	if first != "o3 o2" || second != "o1" || last != "" {
		t.Errorf("pages %q and %q, %q", first, second, last)
	}
	failed := func(f *controlv1.FailureFilter, resent bool) string {
		t.Helper()
		page, _, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{Filter: f, Resent: resent})
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, x := range page {
			if x.GetContactKey() == "" {
				t.Errorf("nobody's: %v", x)
			}
			all = append(all, x.GetKey())
		}
		return strings.Join(all, " ")
	}
	for want, f := range map[string]*controlv1.FailureFilter{
		"o1-0-0":        {Contact: other},
		"o1-0-0 m2-0-0": {Keys: []string{"o1-0-0", "m2-0-0", "m1-0-0"}},
		"m2-0-0":        {Keys: []string{"m2"}},
		"":              {Keys: []string{"m2-1-0"}},
		" ":             {Keys: []string{"m2-0-0"}, Contact: other},
	} {
		if got := failed(f, false); got != strings.TrimSpace(want) {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
	// what failed anew since is not what was seen
	b.write(to(of(entry("o1", 20, hopReplayed), 1, 0)))
	if got := failed(&controlv1.FailureFilter{Keys: []string{"o1-0-0"}}, true); got != "o1-0-0" {
		t.Errorf("sent again: %q", got)
	}
	b.write(to(fails(of(entry("o1", 30, hopFailed), 1, 0))))
	if got := failed(&controlv1.FailureFilter{Keys: []string{"o1-0-0"}}, false); got != "" {
		t.Errorf("%q was not seen", got)
	}
	if got := failed(&controlv1.FailureFilter{Keys: []string{"o1"}}, false); got != "o1-1-0" {
		t.Errorf("by its id: %q", got)
	}
	all, err := b.WithIDs(t.Context(), []string{"m1", "o1", "nobody"})
	of, err2 := b.OfContact(t.Context(), other, 2)
	if err != nil || err2 != nil || len(all) != 2 || strings.Join(of, " ") != "o3 o2" {
		t.Errorf("%v %v, %v %v", all, err, of, err2)
	}
}
