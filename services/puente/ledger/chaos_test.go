package ledger

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

func TestTheSeedReproducesTheSchedule(t *testing.T) {
	t.Parallel()
	o := Options{Messages: 2000, Contacts: 40, Channels: 4, Kills: 5, Pauses: 2, Rolls: 1, Nodes: 2, Layout: Cluster, Seed: 3}
	if diff := cmp.Diff(o.plan(), o.plan()); diff != "" {
		t.Error(diff)
	}
	other := o
	other.Seed = 4
	if cmp.Equal(o.plan(), other.plan()) {
		t.Error("another seed gives the same schedule")
	}
}

// Steps that take longer than planned have traffic until the last of them.
func TestTheTrafficIsAsLateAsTheSteps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := still(Options{Messages: 2, Contacts: 1, Channels: 1, Seed: 1})
		began := time.Now()
		go func() { // a step that is 20 s late shows while the message waits
			time.Sleep(5 * time.Second)
			l.behind.Store(int64(20 * time.Second))
		}()
		if err := l.await(t.Context(), began.Add(10*time.Second)); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != 30*time.Second {
			t.Errorf("waited for %v", waited)
		}
	})
}

// still is a ledger of which nothing runs but what a test starts.
func still(o Options) *ledger {
	return newLedger(o, farends.NewFront(), Bridge{}, scene{settle: settleTime}, io.Discard)
}

func TestAnOutageEndsWhereNothingIsLeftToSeeIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := still(Options{Messages: 200, Contacts: 4, Channels: 2, Layout: AllInOne})
		over := false
		l.beside.Go(func() {
			l.takeAway(t.Context(), 10*time.Second)
			over = true
		})
		time.Sleep(time.Minute)
		if l.settle(t.Context()); !over {
			t.Error("the history is closed, and the outage goes on")
		}
	})
}

// On a busy machine most of what was accepted is sent after the last was accepted.
func TestFarEndsFailUntilEveryFaultHasStruck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := still(Options{Messages: 200, Contacts: 4, Channels: 2, Layout: AllInOne})
		lane := history.Lane{Way: history.Inbound, Channel: "c0", Contact: "p2"}
		l.recorder.Accept(history.Accepted{Lane: lane, Seq: 1})
		go l.settle(t.Context())
		time.Sleep(10 * time.Second)
		if !l.far.Failing() {
			t.Error("the far ends have stopped failing")
		}
		for _, f := range l.options.wanted() {
			l.recorder.Struck(f)
		}
		time.Sleep(time.Second)
		if l.far.Failing() {
			t.Error("the far ends go on failing")
		}
		l.recorder.Arrive(history.Arrival{Lane: lane, Seq: 1})
	})
}
