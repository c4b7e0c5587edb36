package waits

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/reason"
)

// TestWhatHeldAMessageUp: in the order in which it was met, each at least a quarter of a second, no more than four, and nothing after it
// was tried.
func TestWhatHeldAMessageUp(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(seconds float64) time.Time {
		return began.Add(time.Duration(seconds * float64(time.Second)))
	}
	told := func(h *Past) (all []string) {
		for _, one := range h.All() {
			all = append(all, fmt.Sprintf("%s %s-%s %s", one.GetWhy().GetCode(), one.GetSince().AsTime().Sub(began), one.GetUntil().AsTime().Sub(began), one.GetBehind()))
		}
		return all
	}
	var h Past
	h.Add(reason.Behind, at(0), at(10), "m1")
	h.Add(reason.Behind, at(0), at(0.2), "too short")
	h.Met(Wait{Why: reason.Suspended, Since: at(-100)}, at(0), at(10)) // it began before the message came, and before it was the first
	h.Met(Wait{Why: reason.Suspended, Since: at(-100)}, at(0), at(15))
	h.Met(Wait{Why: reason.Paused, Since: at(20)}, at(0), at(21))
	h.Met(Wait{Why: reason.ChannelRate}, at(0), at(30))
	h.Met(Wait{Why: reason.StoreFull}, at(0), at(30.2))
	h.Tried(at(33))
	h.Met(Wait{Why: reason.Paused}, at(0), at(40)) // it was tried before
	h.End(at(50))
	if diff := cmp.Diff([]string{
		"puente.behind 0s-10s m1", "puente.suspended 10s-21s ", "puente.paused 21s-30s ", "puente.store_full 30.2s-33s ",
	}, told(&h)); diff != "" {
		t.Error(diff)
	}
	var many Past
	for i := range 10 {
		many.Met(Wait{Why: []reason.Reason{reason.Paused, reason.Suspended}[i%2]}, at(0), at(float64(10*i)))
	}
	if n := len(many.All()); n != holdsKept {
		t.Errorf("%d holds are told, want %d", n, holdsKept)
	}
}

// TestALongOutageIsRecordedFewTimes: a message that is tried every five minutes for a day tells of it a dozen times.
func TestALongOutageIsRecordedFewTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, reasons := range map[string][]string{"one reason": {"a"}, "two by turns": {"a", "b"}, "ever another": {"a", "b", "c", "d", "e"}} {
		var n Recorded
		times := 0
		for i := range 24 * 60 {
			if code := reasons[i%len(reasons)]; n.Due(code, now) {
				n.Note(code, now)
				times++
			}
			now = now.Add(time.Minute)
		}
		if times < 2 || times > 12+changesAtOnce {
			t.Errorf("%s: recorded %d times", name, times)
		}
	}
}
