package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

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
