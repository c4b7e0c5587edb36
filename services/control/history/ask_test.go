package history

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/services/control/history/internal/hops"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	outID = "01a2259364287db1b1443304ddae5ecf"
	trace = "7ef719a6b3d84c1f9c0b7ef719a6b3d8"
)

// Whatever an operator has at hand finds the message.
func TestFoundByWhatIsAtHand(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.write(
		like(routed(outID, 0), func(e *journalv1.Entry) { e.TraceId = trace }),
		like(entry(outID, 1, hopSent), func(e *journalv1.Entry) {
			e.Ref = record.RefDigest(digester{}, "telegram", "tienda", "wamid.HBgL")
		}),
		routed("01a2259364287db1ffffffffffffffff", 5),
		like(routed("ofanother", 9), func(e *journalv1.Entry) {
			e.Channel, e.Contact = "otra", record.ContactDigest(digester{}, "otra", "juan@example.org")
		}),
	)
	for _, test := range []struct {
		text, channel string
		match         controlv1.Match
		found         int
	}{
		{outID, "", controlv1.Match_MATCH_ID, 1},
		{strings.ToUpper(outID), "", controlv1.Match_MATCH_ID, 1},
		{" " + outID + "\n", "", controlv1.Match_MATCH_ID, 1},
		{outID + "-0-0", "", controlv1.Match_MATCH_ID, 1},
		{outID[:20], "", controlv1.Match_MATCH_ID, 1},
		{outID[:8], "", controlv1.Match_MATCH_ID, 2},
		{outID[:7], "", 0, 0},
		{outID, "otra", 0, 0},
		{trace, "", controlv1.Match_MATCH_TRACE, 1},
		{"wamid.HBgL", "", controlv1.Match_MATCH_NETWORK_ID, 1},
		{"wamid.HBgL", "tienda", controlv1.Match_MATCH_NETWORK_ID, 1},
		{"+34600111222", "", controlv1.Match_MATCH_CONTACT, 2},
		{"+34 600 111-222", "", controlv1.Match_MATCH_CONTACT, 2},
		{"0034600111222", "", controlv1.Match_MATCH_CONTACT, 2},
		{"34600111222", "", controlv1.Match_MATCH_CONTACT, 2},
		{"+34600111222", "otra", 0, 0},
		{"juan@example.org", "", controlv1.Match_MATCH_CONTACT, 1},
		{"Juan@Example.org", "", controlv1.Match_MATCH_CONTACT, 1},
		{"%", "", 0, 0},
		{"' OR 1=1 --", "", 0, 0},
	} {
		found, err := b.Find(t.Context(), digester{}, Query{Text: test.text, Channel: test.channel, Limit: 10})
		if errors.Is(err, ErrNotFound) != (test.found == 0) || err != nil && test.found > 0 || len(found.Messages) != test.found || found.Match != test.match {
			t.Errorf("%q in %q: %d as %s, %v", test.text, test.channel, len(found.Messages), found.Match, err)
		}
		if test.found == 1 && len(found.Messages[0].GetHops()) == 0 || test.found == 2 && len(found.Messages[0].GetHops()) > 0 {
			t.Errorf("%q: hops %v", test.text, found.Messages[0].GetHops())
		}
	}
	found, err := b.Find(t.Context(), digester{}, Query{Text: "+34600111222", Limit: 1})
	if err != nil || !found.More || found.Messages[0].GetId() == outID {
		t.Errorf("the newest first: %v, %v", found, err)
	}
	found, err = b.Find(t.Context(), digester{}, Query{Text: "+34600111222", Limit: 10, Since: began.Add(3 * time.Second)})
	if err != nil || len(found.Messages) != 1 {
		t.Errorf("since: %v, %v", found, err)
	}
}

// Pages hold every message once, while others come in and go on.
func TestPagesWhileEntriesCome(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const before = 57
	for i := range before {
		b.write(routed(fmt.Sprintf("m%04d", i), i/3)) // several at one time
	}
	q := &controlv1.ListMessagesRequest{PageSize: 10}
	seen, pages := map[string]int{}, 0
	for ; pages < 100; pages++ {
		page, next, err := b.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			seen[m.GetId()]++
		}
		b.write(routed(fmt.Sprintf("new%d", pages), 1000+pages), entry(page[0].GetId(), 2000, hopSent))
		if q.PageToken = next; next == "" {
			break
		}
	}
	if len(seen) != before || pages != 5 {
		t.Errorf("%d messages in %d pages", len(seen), pages+1)
	}
	for id, times := range seen {
		if times != 1 || strings.HasPrefix(id, "new") {
			t.Errorf("%s is there %d times", id, times)
		}
	}
	_, token, err := b.List(t.Context(), &controlv1.ListMessagesRequest{PageSize: 10})
	if err != nil || token == "" {
		t.Fatal(err)
	}
	for _, wrong := range []*controlv1.ListMessagesRequest{{PageToken: token, Channel: "tienda"}, {PageToken: "x"}, {PageToken: "e30"}} {
		if _, _, err := b.List(t.Context(), wrong); !errors.Is(err, ErrPageToken) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

// Lists choose by channel, network, state, direction and time, in any combination.
func TestListsChoose(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	in := like(routed("in", 4), func(e *journalv1.Entry) {
		e.AcceptedBy, e.Direction = "egress-telegram", messagev1.Direction_DIRECTION_INBOUND
	})
	other := like(routed("other", 6), func(e *journalv1.Entry) { e.Network, e.Channel = "line", "otra" })
	b.write(routed("out", 2), entry("out", 3, hopSent), in, other)
	for want, q := range map[string]*controlv1.ListMessagesRequest{
		"other in out": {},
		"in out":       {Channel: "tienda"},
		"other":        {Network: "line"},
		"out":          {State: controlv1.State_STATE_SENT},
		"in":           {Direction: controlv1.Direction_DIRECTION_IN, State: controlv1.State_STATE_ACCEPTED},
		"other in":     {Since: at(4)},
		"in out ":      {Until: at(6), Network: "telegram"},
		"":             {Channel: "nobody"},
	} {
		page, next, err := b.List(t.Context(), q)
		var ids []string
		for _, m := range page {
			ids = append(ids, m.GetId())
		}
		if got := strings.Join(ids, " "); got != strings.TrimSpace(want) || next != "" || err != nil {
			t.Errorf("%v: %q, want %q, %v", q, got, want, err)
		}
	}
	counts, err := b.Counts(t.Context())
	if c := counts["tienda"]; err != nil || c.LastIn.IsZero() || len(counts) != 2 {
		t.Errorf("%v, %v", counts, err)
	}
	oldest, err := b.oldestOpen(t.Context())
	if err != nil || !oldest.Equal(at(4).AsTime()) {
		t.Errorf("the oldest that has not ended: %v, %v", oldest, err)
	}
}

// A stranger who repeats a thing without end fills nothing.
func TestAMillionRepeatsAreKeptAsSome(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.write(routed("m", 0))
	for range 3 {
		var repeats []*journalv1.Entry
		for i := range 1000 {
			repeats = append(repeats, entry("m", i, hopRepeated))
		}
		b.write(repeats...)
	}
	b.write(entry("m", 2000, hopSent))
	var n int
	err := b.file.Row(t.Context(), "SELECT count(*) FROM entries").Scan(&n)
	if m := b.one("m"); err != nil || n > hops.Most+2 || m.GetState() != controlv1.State_STATE_SENT || len(m.GetHops()) != hops.Most {
		t.Errorf("%d entries, %d hops, %s, %v", n, len(m.GetHops()), m.GetState(), err)
	}
}
