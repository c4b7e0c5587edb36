package ledger

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/puente/ledger/history"
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
	for i := range 100 {
		if a, b := dice(3).fault(phoneFaults, "lane", i), dice(3).fault(phoneFaults, "lane", i); a != b {
			t.Errorf("message %d: %q and %q", i, a, b)
		}
	}
}

// still is a ledger of which nothing runs but what a test starts.
func still(o Options) *ledger {
	l := newLedger(o, &front{}, Bridge{}, scene{settle: settleTime}, io.Discard)
	l.platform, l.relay = newPlatform(l.shared), &relay{}
	return l
}

// A bridge that stands still, as all do on a busy machine, sends nothing for longer than the outage was planned.
func TestAnOutageLastsUntilItIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := still(Options{Messages: 200, Contacts: 4, Channels: 2, Layout: AllInOne})
		over := make(chan struct{})
		go func() {
			defer close(over)
			l.takeAway(t.Context(), 10*time.Second)
		}()
		time.Sleep(time.Minute)
		w := httptest.NewRecorder()
		l.platform.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/platform/c1", http.NoBody))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("the first call was answered %d", w.Code)
		}
		<-over
		if down := *l.platform.down.Load(); down != "" {
			t.Errorf("%s is away still", down)
		}
		if l.recorder.Untried() && l.recorder.Snapshot().Faults[platformOutage] == 0 {
			t.Error("the outage was not counted")
		}
	})
}

func TestAnOutageEndsWhereNothingIsLeftToSeeIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := still(Options{Messages: 200, Contacts: 4, Channels: 2, Layout: AllInOne})
		l.beside.Go(func() { l.takeAway(t.Context(), 10*time.Second) })
		time.Sleep(time.Minute)
		l.settle(t.Context()) // which waits for it
		if down := *l.platform.down.Load(); down != "" {
			t.Errorf("%s is away still", down)
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
		if !l.strikes(lane) {
			t.Error("the far ends have stopped failing")
		}
		for _, f := range l.options.wanted() {
			l.recorder.Struck(f)
		}
		time.Sleep(time.Second)
		if l.strikes(lane) {
			t.Error("the far ends go on failing")
		}
		l.recorder.Arrive(history.Arrival{Lane: lane, Seq: 1})
	})
}
