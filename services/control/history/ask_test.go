package history

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/record"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
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

// What happened to a channel is told of the channel.
func TestChannelEvents(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	held, resumed := fails(entry("", 1, journalv1.Hop_HOP_HELD)), entry("", 9, journalv1.Hop_HOP_RESUMED)
	b.write(held, resumed)
	events, err := b.ChannelEvents(t.Context(), "tienda")
	if err != nil || len(events) != 2 || events[0].GetWhat() != "resumed" || events[1].GetWhat() != "held" || events[1].GetWhy().GetCode() != blocked.GetCode() {
		t.Errorf("%v, %v", events, err)
	}
}

// What is too old goes with all that leads to it, in steps; so do the oldest where the file is too large.
func TestRetention(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	const old = 2500
	for i := range old {
		id := fmt.Sprintf("old%05d", i)
		e := routed(id, 0)
		e.TraceId, e.Ref = fmt.Sprintf("%032x", i), "ref"+id
		b.write(e, fails(entry(id, 1, hopFailed)))
	}
	b.write(routed("young", 1000))
	steps := 0
	for more := true; more && steps < 10; steps++ {
		var err error
		if more, err = b.w.retain(began.Add(500*time.Second), 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := all(t, b.History); len(got) != 1 || got[0].GetId() != "young" || steps < 3 {
		t.Errorf("%d are left after %d steps", len(got), steps)
	}
	for table, want := range map[string]int64{"entries": 1, "refs": 0, "traces": 0, "failures": 0} {
		if n, err := integers(t.Context(), b.file.read, "SELECT count(*) FROM "+table); err != nil || n[0] != want {
			t.Errorf("%s: %d, %v", table, n, err)
		}
	}
	b.w.again = time.Time{}
	if _, err := b.w.retain(began, 1); err != nil {
		t.Fatal(err)
	}
	if got := all(t, b.History); len(got) != 0 {
		t.Errorf("too large: %d are left", len(got))
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
	n, err := integers(t.Context(), b.file.read, "SELECT count(*) FROM entries")
	if m := b.one("m"); err != nil || n[0] > mostEntries+2 || m.GetState() != controlv1.State_STATE_SENT || len(m.GetHops()) != mostHops {
		t.Errorf("%d entries, %d hops, %s, %v", n, len(m.GetHops()), m.GetState(), err)
	}
}

// Texts of strangers are compared and nothing else.
func FuzzQuestions(f *testing.F) {
	for _, s := range []string{"", "'", `"; DROP TABLE messages; --`, "%_\\", "01a22593", "+34600111222", "\x00", "\xff", "?1", ":a"} {
		f.Add(s, s)
	}
	b := newBook(f)
	b.write(routed(outID, 0), fails(entry(outID, 1, hopFailed)))
	f.Fuzz(func(t *testing.T, one, two string) {
		if _, err := b.Find(t.Context(), digester{}, Query{Text: one, Channel: two, Limit: 5}); err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("find: %v", err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{Channel: one, Network: two}); err != nil {
			t.Errorf("list: %v", err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{PageToken: one}); err != nil && !errors.Is(err, ErrPageToken) {
			t.Errorf("token: %v", err)
		}
		filter := &controlv1.FailureFilter{Channel: one, Reason: two, Key: one}
		if _, _, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{Filter: filter}); err != nil {
			t.Errorf("failures: %v", err)
		}
		if _, err := b.Summary(t.Context(), filter); err != nil {
			t.Errorf("summary: %v", err)
		}
		if _, err := b.ChannelEvents(t.Context(), one); err != nil {
			t.Errorf("events: %v", err)
		}
		if n, err := integers(t.Context(), b.file.read, "SELECT count(*) FROM messages"); err != nil || n[0] != 1 {
			t.Fatalf("%d messages, %v", n, err)
		}
	})
}

// Entries of the journal are bytes of other versions: none of them breaks the history.
func FuzzEntries(f *testing.F) {
	f.Add("m", "telegram", "A", uint32(1), uint32(0), int32(5), int64(0), "x")
	f.Add("", "", "", uint32(1<<31), uint32(1<<31), int32(99), int64(-1), "\xff")
	b := newBook(f)
	f.Fuzz(func(t *testing.T, id, network, channel string, part, generation uint32, hop int32, seconds int64, text string) {
		b.sequence++
		e := &journalv1.Entry{
			Id: id, Network: network, Channel: channel, Part: part, Parts: generation, Generation: generation, Hop: journalv1.Hop(hop), Contact: text, Service: text,
			Reason: text, TraceId: text, Ref: text, At: &timestamppb.Timestamp{Seconds: seconds}, Why: &reasonv1.Reason{Code: text, En: text},
		}
		if err := b.w.write([]item{{e, b.sequence, 0, began}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.List(t.Context(), &controlv1.ListMessagesRequest{PageSize: 5}); err != nil {
			t.Error(err)
		}
	})
}

// The messages of the same contact and channel around one, and no others.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for i := range 14 {
		b.write(routed(fmt.Sprintf("01a2259364287db1000000000000%04d", i), i))
	}
	b.write(like(routed("01a2259364287db1aaaaaaaaaaaaaaaa", 7), func(e *journalv1.Entry) { e.Contact = "another" }))
	b.write(like(routed("01a2259364287db1bbbbbbbbbbbbbbbb", 7), func(e *journalv1.Entry) { e.Channel = "otra" }))
	for _, test := range []struct {
		of   int
		want string
	}{{7, "12 11 10 09 08 06 05 04 03 02"}, {0, "05 04 03 02 01"}, {13, "12 11 10 09 08"}} {
		found, err := b.Find(t.Context(), digester{}, Query{Text: fmt.Sprintf("01a2259364287db1000000000000%04d", test.of), Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		around, err := b.Neighbours(t.Context(), found.Messages[0])
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range around {
			got = append(got, m.GetId()[30:])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("of %d: %v", test.of, got)
		}
	}
	if around, err := b.Neighbours(t.Context(), Message{Message: &controlv1.Message{Id: "x"}}); around != nil || err != nil {
		t.Errorf("of nobody: %v, %v", around, err)
	}
}

// What went is counted by the time of acceptance, and so is what has not ended.
func TestTraffic(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	now := time.Now()
	accepted := func(id string, ago time.Duration, change func(*journalv1.Entry)) *journalv1.Entry {
		e := routed(id, 0)
		e.AcceptedAt, e.At = timestamppb.New(now.Add(-ago)), timestamppb.New(now.Add(-ago))
		return like(e, change)
	}
	same := func(*journalv1.Entry) {}
	after := func(id string, ago time.Duration, hop journalv1.Hop) *journalv1.Entry {
		return like(entry(id, 0, hop), func(e *journalv1.Entry) { e.At = timestamppb.New(now.Add(-ago)) })
	}
	b.write(
		accepted("a", 10*time.Second, same), after("a", 8*time.Second, hopSent),
		accepted("b", 10*time.Second, same), after("b", 9*time.Second, journalv1.Hop_HOP_FAILED),
		accepted("c", 10*time.Second, same),
		accepted("d", 10*time.Second, func(e *journalv1.Entry) { e.Direction, e.Channel = messagev1.Direction_DIRECTION_INBOUND, "otra" }),
		accepted("e", 30*time.Minute, same), after("e", 29*time.Minute, hopSent),
		accepted("f", 2*time.Hour, same),
	)
	sum := func(channel string, within time.Duration) (out, in, failed, open uint64, p95 float64) {
		t.Helper()
		points, step, err := b.Traffic(t.Context(), channel, within)
		if err != nil || len(points) != trafficPoints || step != within/trafficPoints {
			t.Fatalf("%d points of %s, %v", len(points), step, err)
		}
		for i, p := range points {
			out, in, failed, open, p95 = out+p.GetOut(), in+p.GetIn(), failed+p.GetFailed(), open+p.GetOpen(), max(p95, p.GetP95Seconds())
			if i > 0 && p.GetTime().AsTime().Sub(points[i-1].GetTime().AsTime()) != step {
				t.Errorf("step %d begins at %s", i, p.GetTime().AsTime())
			}
		}
		return out, in, failed, open, p95
	}
	if out, in, failed, open, p95 := sum("", time.Hour); out != 4 || in != 1 || failed != 1 || open != 2 || p95 != 60 {
		t.Errorf("an hour: %d out, %d in, %d failed, %d open, %g s", out, in, failed, open, p95)
	}
	if out, in, failed, open, p95 := sum("tienda", 20*time.Minute); out != 3 || in != 0 || failed != 1 || open != 1 || p95 != 2 {
		t.Errorf("a channel: %d out, %d in, %d failed, %d open, %g s", out, in, failed, open, p95)
	}
	if out, _, _, open, _ := sum("", 24*time.Hour); out != 5 || open != 3 {
		t.Errorf("a day: %d out, %d open", out, open)
	}
}
