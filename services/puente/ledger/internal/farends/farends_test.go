package farends

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// still are far ends of which nothing runs but what a test starts.
func still() *FarEnds {
	return New(Options{
		Network: vendors.Phone, Seed: 1, Channels: []string{"c0", "c1"}, Most: 10, Ill: map[Contact]bool{{Channel: "c0", Name: "p1"}: true},
		Recorder: history.NewRecorder(history.History{}), Front: NewFront(), Client: http.DefaultClient,
	})
}

// The same seed has the same faults strike the same calls, in whatever order they come; another seed has others.
func TestTheSeedReproducesTheFaults(t *testing.T) {
	t.Parallel()
	var struck, others []history.Fault
	for i := range 200 {
		struck, others = append(struck, Dice(3).fault(phoneFaults, "lane", i)), append(others, Dice(4).fault(phoneFaults, "lane", i))
	}
	for i := range slices.Backward(struck) {
		if again := Dice(3).fault(phoneFaults, "lane", i); again != struck[i] {
			t.Errorf("message %d: %q and %q", i, struck[i], again)
		}
	}
	if slices.Equal(struck, others) {
		t.Error("another seed has the same faults")
	}
	for _, share := range phoneFaults {
		if !slices.Contains(struck, share.fault) {
			t.Errorf("%q strikes none of 200", share.fault)
		}
	}
}

// Faults concern the contacts that were named, until the far ends are calm.
func TestWhomFaultsConcern(t *testing.T) {
	t.Parallel()
	f := still()
	ill, well := history.Lane{Channel: "c0", Contact: "p1"}, history.Lane{Channel: "c1", Contact: "p1"}
	if !f.strikes(ill) || f.strikes(well) {
		t.Errorf("%v, %v", f.strikes(ill), f.strikes(well))
	}
	if f.Calm(); f.strikes(ill) || f.Failing() {
		t.Error("the far ends go on failing")
	}
}

// A bridge that stands still, as all do on a busy machine, sends nothing for longer than the outage was planned.
func TestAnOutageLastsUntilItIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := still()
		over := make(chan struct{})
		go func() {
			defer close(over)
			f.TakeAway(t.Context(), "c1")
		}()
		time.Sleep(time.Minute)
		w := httptest.NewRecorder()
		f.platform.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/platform/c1", http.NoBody))
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("the first call was answered %d", w.Code)
		}
		<-over
		if down := *f.platform.down.Load(); down != "" {
			t.Errorf("%s is away still", down)
		}
		if f.recorder.Snapshot().Faults[Outage] == 0 {
			t.Error("the outage was not counted")
		}
	})
}

// Where nothing is left to be sent, nobody will see it.
func TestAnOutageEndsUnseenWhereTheFarEndsAreCalm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := still()
		over := make(chan struct{})
		go func() {
			defer close(over)
			f.TakeAway(t.Context(), "c1")
		}()
		time.Sleep(time.Minute)
		f.Calm()
		<-over
		if down := *f.platform.down.Load(); down != "" {
			t.Errorf("%s is away still", down)
		}
	})
}

// A process shows its name with every call, whatever proxy was set for whoever started it.
func TestAProcessShowsItsName(t *testing.T) {
	t.Parallel()
	env := Environ([]string{"PATH=/bin", "http_proxy=http://elsewhere", "NO_PROXY=*"}, "127.0.0.1:1", "egress-phone-2")
	if !slices.Equal(env, []string{"PATH=/bin", "HTTP_PROXY=http://egress-phone-2:-@127.0.0.1:1"}) {
		t.Errorf("%q", env)
	}
	r := httptest.NewRequest(http.MethodPost, "http://"+Host+"/platform/c0", http.NoBody)
	r.SetBasicAuth("egress-phone-2", "-")
	r.Header = http.Header{"Proxy-Authorization": r.Header["Authorization"], "Authorization": {"Bearer " + Token("c0")}}
	if name := origin(r); name != "egress-phone-2" {
		t.Errorf("%q", name)
	}
}

// Where one ingress is away the next is asked; where all are, or a call is cut off, that is noted.
func TestTheFrontFindsWhoIsThere(t *testing.T) {
	t.Parallel()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X") != "1" || !strings.HasPrefix(r.UserAgent(), "puente/") {
			t.Errorf("%v", r.Header)
		}
		if r.URL.Path == "/cut" {
			drop(w)
		}
	}))
	defer there.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	header := http.Header{"X": {"1"}, "User-Agent": {"somebody"}}
	f := NewFront(gone.URL, there.URL)
	for range 4 {
		resp, err := f.Do(t.Context(), http.DefaultClient, "/message", header, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	if all := f.Unreached(); len(all) > 0 {
		t.Errorf("%q", all)
	}
	if _, err := f.Do(t.Context(), http.DefaultClient, "/cut", header, nil); err == nil || len(f.Unreached()) != 1 {
		t.Errorf("%v, %q", err, f.Unreached())
	}
	f = NewFront(gone.URL)
	if _, err := f.Do(t.Context(), http.DefaultClient, "/message", header, nil); !errors.Is(err, syscall.ECONNREFUSED) || len(f.Unreached()) != 1 {
		t.Errorf("%v, %q", err, f.Unreached())
	}
}
