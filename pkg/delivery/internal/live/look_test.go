package live

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// TestWhyLanesWait: each lane waits for one reason, its head's; what is behind a message on the wire waits for that.
func TestWhyLanesWait(t *testing.T) {
	t.Parallel()
	accepted := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	later := accepted.Add(time.Hour)
	lanes := []consume.LaneState{
		{Length: 3, Working: true, Accepted: accepted.Add(time.Minute)},
		{Length: 2, Due: later, Accepted: accepted, Note: &Note{Why: reason.NoAnswer, Next: later, Failed: true}},
		{Length: 1, Due: later.Add(-time.Minute), Accepted: later, Note: &Note{Why: reason.NoAnswer, Next: later.Add(-time.Minute), Failed: true}},
		{Length: 4, Accepted: later},
	}
	for name, test := range map[string]struct {
		told reason.Reason
		want map[string]uint64 // messages by reason
		due  uint64
	}{
		"what is ready may start": {want: map[string]uint64{reason.Behind.Code(): 2, reason.NoAnswer.Code(): 3, reason.Turn.Code(): 4}, due: 7},
		"the channel was told to wait": {
			told: reason.ToldToWait, want: map[string]uint64{reason.Behind.Code(): 2, reason.NoAnswer.Code(): 3, reason.ToldToWait.Code(): 4}, due: 3,
		},
	} {
		k, a := look{told: test.told, groups: map[string]*livev1.Waiting{}}, &livev1.LaneAnswer{}
		for _, l := range lanes {
			k.lane(l)
		}
		k.fill(a, 24*time.Hour)
		if a.GetWaiting() != 10 || !a.GetOldest().AsTime().Equal(accepted) || a.GetDue() != test.due || len(a.GetReasons()) != len(test.want) {
			t.Errorf("%s: %v", name, a)
		}
		for _, g := range a.GetReasons() {
			code := g.GetWhy().GetCode()
			if g.GetMessages() != test.want[code] {
				t.Errorf("%s: %d messages wait for %q, want %d", name, g.GetMessages(), code, test.want[code])
			}
			if code == reason.NoAnswer.Code() && (g.GetContacts() != 2 || !g.GetNextTry().AsTime().Equal(later.Add(-time.Minute))) {
				t.Errorf("%s: %v", name, g)
			}
		}
	}
}

// TestTheStateOfALane: whatever the channel is told, a lane after a failure is retrying.
func TestTheStateOfALane(t *testing.T) {
	t.Parallel()
	soon := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for want, lane := range map[State]consume.LaneState{
		retrying: {Due: soon, Note: &Note{Failed: true}}, waiting: {Due: soon, Note: &Note{}}, due: {Note: &Note{Failed: true}},
	} {
		if got := laneState(lane, false); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := laneState(consume.LaneState{}, true); got != waiting {
		t.Errorf("%s while the queue is paused", got)
	}
}
