package bus

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestAStopGivesASendTheTimeThatItTakes, up to what the process is given: what is cut off may have been taken, and is
// sent again.
func TestAStopGivesASendTheTimeThatItTakes(t *testing.T) {
	t.Parallel()
	b := &Bus{grace: 65 * time.Second}
	for longest, want := range map[time.Duration]time.Duration{
		time.Second: stopGrace, 30 * time.Second: 35 * time.Second, time.Minute: 65 * time.Second, 3 * time.Minute: 65 * time.Second,
	} {
		if got := b.sendGrace(longest); got != want {
			t.Errorf("a send of %s: %s, want %s", longest, got, want)
		}
	}
	o := newOutlet(b, &Delivery{Far: "testnet", SendTimeout: 30 * time.Second})
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		u := &unit{}
		done := u.begin(ctx, o.demand.grace)
		defer done()
		stop()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if u.hard.Err() != nil {
			t.Error("a send that takes as long as it may is cut off")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if u.hard.Err() == nil {
			t.Error("the grace never ends")
		}
	})
}
