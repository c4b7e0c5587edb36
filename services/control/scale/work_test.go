package scale_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/control/scale"
)

func TestWhatIsDueAndHowManyProcessesItWants(t *testing.T) {
	t.Parallel()
	began := time.Now().Add(-time.Minute).Truncate(time.Second)
	// sends are as the owner of a channel tells of it
	sends := func(account string, due, waiting uint64, seconds float64, atOnce uint32) *channels.Side {
		a := &livev1.LaneAnswer{Account: account, Due: due, Waiting: waiting, SendSeconds: seconds, Concurrency: atOnce}
		if due > 0 {
			a.OldestDue = timestamppb.New(began)
		}
		return &channels.Side{Waiting: waiting, Live: a, Oldest: began.Add(-time.Hour)}
	}
	nobody := func(waiting uint64) *channels.Side { return &channels.Side{Waiting: waiting, Oldest: began} }
	many := make([]*channels.Side, 40)
	for i := range many {
		many[i] = sends(fmt.Sprint("account", i), 10_000, 10_000, 1, 4)
	}
	held := sends("a", 0, 500, 1, 4)
	held.Live.Held = reason.DoesNotAnswer.Proto()
	paused := nobody(500)
	paused.Pause = &directory.Pause{Since: began}
	for _, c := range []struct {
		name     string
		sides    []*channels.Side
		drain    time.Duration
		due      uint64
		accounts int
		want     int
	}{
		{"nothing", nil, time.Minute, 0, 0, 0},
		{"one message", []*channels.Side{sends("a", 1, 1, 0.1, 64)}, time.Minute, 1, 1, 1},
		{"what waits for its time wants nobody", []*channels.Side{sends("a", 0, 900, 1, 4)}, time.Minute, 0, 0, 0},
		{"nor what a destination that is down holds", []*channels.Side{held}, time.Minute, 0, 0, 0},
		{"nor what an operator paused", []*channels.Side{paused}, time.Minute, 0, 0, 0},
		{"no more than accounts", []*channels.Side{sends("a", 10_000, 10_000, 1, 4), sends("b", 10_000, 10_000, 1, 4)}, time.Minute, 20_000, 2, 2},
		{"nor than partitions", many, time.Minute, 400_000, 40, topology.EgressPartitions},
		{"channels of one account are one", []*channels.Side{sends("a", 10_000, 10_000, 1, 4), sends("a", 10_000, 10_000, 1, 4)}, time.Minute, 20_000, 1, 1},
		// 4 × 300 × 0.4 s / 4 at once = 120 s of work
		{"as many as the sends need", []*channels.Side{
			sends("a", 300, 400, 0.4, 4), sends("b", 300, 300, 0.4, 4), sends("c", 300, 300, 0.4, 4), sends("d", 300, 300, 0.4, 4),
		}, time.Minute, 1200, 4, 2},
		{"a part of one is one more", []*channels.Side{
			sends("a", 301, 400, 0.4, 4), sends("b", 300, 300, 0.4, 4), sends("c", 300, 300, 0.4, 4), sends("d", 300, 300, 0.4, 4),
		}, time.Minute, 1201, 4, 3},
		{"more where it shall be done sooner", []*channels.Side{
			sends("a", 300, 300, 0.4, 4), sends("b", 300, 300, 0.4, 4), sends("c", 300, 300, 0.4, 4), sends("d", 300, 300, 0.4, 4),
		}, 30 * time.Second, 1200, 4, 4},
		// 3,840 / 64 at once × 1 s, which is assumed = 60 s each
		{"where nobody sends, each channel is an account", []*channels.Side{nobody(3840), nobody(3840), nobody(3840)}, time.Minute, 11_520, 3, 3},
		{"and takes as long as others do", []*channels.Side{nobody(3840), nobody(3840), sends("a", 1, 1, 0.1, 64)}, time.Minute, 7681, 3, 1},
	} {
		w := &scale.Work{}
		for _, side := range c.sides {
			w.Add(side)
		}
		if got := w.Wanted(c.drain); got != c.want || w.Due != c.due || w.Accounts() != c.accounts {
			t.Errorf("%s: %d wanted for %d due of %d accounts; %d, %d and %d are right", c.name, got, w.Due, w.Accounts(), c.want, c.due, c.accounts)
		}
		if (c.due > 0) == w.Oldest.IsZero() || c.due > 0 && !w.Oldest.Equal(began) {
			t.Errorf("%s: the oldest due is of %v, and not of %v", c.name, w.Oldest, began)
		}
	}
}
