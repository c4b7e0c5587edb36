package account

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
)

// channel notes for how long it was held off.
type channel struct{ held time.Duration }

func (c *channel) HoldOff(d time.Duration, _ reason.Reason) { c.held = d }

// TestAWaitHoldsAllMembers: those that there are at once, and who joins before it is over by what it is told then.
func TestAWaitHoldsAllMembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, one, other, gone, late := New(result.Rate{}), &channel{}, &channel{}, &channel{}, &channel{}
		for _, c := range []*channel{one, other, gone} {
			if told := a.Join(c); !told.Until.IsZero() {
				t.Errorf("told %v before anything was asked", told)
			}
		}
		a.Leave(gone)
		a.HoldOff(time.Minute, reason.ToldToWait)
		if one.held != time.Minute || other.held != time.Minute || gone.held != 0 {
			t.Errorf("held off for %s, %s and, who had left, %s", one.held, other.held, gone.held)
		}
		time.Sleep(20 * time.Second)
		a.HoldOff(time.Second, reason.ChannelRate)
		if told := a.Join(late); time.Until(told.Until) != 40*time.Second || told.Why.Code() != reason.ToldToWait.Code() {
			t.Errorf("who joins is told to wait for %s: %v", time.Until(told.Until), told.Why)
		}
		for _, c := range []*channel{one, other, late} {
			a.Leave(c)
		}
		if a.Fresh(time.Now()) || !a.Fresh(time.Now().Add(time.Minute)) {
			t.Error("it is forgotten while it has something to tell, or kept without")
		}
	})
}

// TestTheSameRateKeepsItsBudget: only another one begins with a whole one.
func TestTheSameRateKeepsItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one := result.Rate{Sends: 1, Per: time.Minute}
		a := New(one)
		if wait := a.Take(); wait != 0 {
			t.Errorf("the first waits for %s", wait)
		}
		a.Allow(one)
		if wait := a.Take(); wait != time.Minute {
			t.Errorf("the second waits for %s, want a minute", wait)
		}
		a.Allow(result.Rate{Sends: 2, Per: time.Minute})
		if wait := a.Take(); wait != 0 {
			t.Errorf("the first at another rate waits for %s", wait)
		}
	})
}
