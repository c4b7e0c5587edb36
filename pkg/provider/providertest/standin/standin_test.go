package standin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
)

// toy is a stand-in of a few lines.
type toy struct {
	standin.Inbox[string, string]
	standin.CallLog[int]
	standin.Faults
	standin.RateLimit
	standin.Credential
}

type status int

func (s status) Write(w http.ResponseWriter) { w.WriteHeader(int(s)) }

func (s *toy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	f := s.TakeFault(func(f standin.Fault) bool { return f.To == "" || f.To == to })
	standin.Serve(w, r, f, func() status {
		switch {
		case f.Status != 0:
			return status(f.Status)
		case !s.Admits(r.Header.Get("Key")):
			return http.StatusUnauthorized
		case s.Left() > 0:
			return http.StatusTooManyRequests
		}
		s.Keep(to, r.URL.Query().Get("text"))
		return http.StatusOK
	}, func(a status, dropped bool) {
		if dropped {
			a = 0
		}
		s.Note(int(a))
	})
}

func TestCallsFailAsTheyAreTold(t *testing.T) {
	s := &toy{}
	s.Renew("k")
	server := httptest.NewServer(s)
	defer server.Close()
	send := func(to, text string) int {
		t.Helper()
		// a POST: a GET that breaks off is made again by net/http
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"?to="+to+"&text="+text, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Key", "k")
		resp, err := server.Client().Do(r)
		if err != nil {
			return 0
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return resp.StatusCode
	}
	s.Fail(standin.Fault{To: "eva", Status: 500}, standin.Fault{Status: 503}, standin.Fault{DropBefore: true}, standin.Fault{DropAfter: true})
	for i, want := range []int{503, 0, 0, 200} {
		if got := send("ana", string(rune('a'+i))); got != want {
			t.Errorf("call %d: %d, want %d", i+1, got, want)
		}
	}
	if got := send("eva", "x"); got != 500 {
		t.Errorf("the fault of another contact: %d", got)
	}
	if got := s.Messages("ana"); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("kept: %q", got)
	}
	s.Limit(time.Hour)
	limited := send("ana", "y")
	s.Limit(0)
	s.Revoke(true)
	revoked := send("ana", "y")
	s.Revoke(false)
	again := send("ana", "y")
	s.Renew("other")
	if renewed := send("ana", "y"); limited != 429 || revoked != 401 || again != 200 || renewed != 401 {
		t.Errorf("limited %d, revoked %d, taken again %d, renewed %d", limited, revoked, again, renewed)
	}
	if got, want := s.Calls(), []int{503, 0, 0, 200, 500, 429, 401, 200, 401}; !slices.Equal(got, want) {
		t.Errorf("calls: %v, want %v", got, want)
	}
	if (&standin.Credential{}).Admits("") {
		t.Error("no credential admits an empty one")
	}
}

// A call that is slow is answered when its time has come, and not at all to a caller who has gone.
func TestSlowCallsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, gone := range []bool{false, true} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			slow := 30 * time.Second
			if gone {
				slow = time.Hour
			}
			noted, begun := false, time.Now()
			func() {
				defer func() {
					if p := recover(); (p == http.ErrAbortHandler) != gone {
						t.Errorf("gone %v: panic %v", gone, p)
					}
				}()
				standin.Serve(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody), standin.Fault{Slow: slow},
					func() status { return http.StatusOK }, func(_ status, dropped bool) { noted = dropped })
			}()
			if waited := time.Since(begun); waited != min(slow, time.Minute) || noted != gone {
				t.Errorf("gone %v: waited %s, dropped %v", gone, waited, noted)
			}
		}
	})
}

func TestWhoWaitsIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s toy
		var all sync.WaitGroup
		all.Go(func() {
			got, err := s.Wait(t.Context(), "ana", 2)
			if err != nil || !slices.Equal(got, []string{"a", "b"}) {
				t.Errorf("%q: %v", got, err)
			}
		})
		synctest.Wait()
		for _, text := range []string{"a", "b"} {
			s.Keep("eva", text)
			s.Keep("ana", text)
			synctest.Wait()
		}
		all.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if got, err := s.Wait(ctx, "ana", 3); !errors.Is(err, context.DeadlineExceeded) || len(got) != 2 {
			t.Errorf("%q: %v", got, err)
		}
		if m, ok := s.Find(func(m string) bool { return m == "b" }); !ok || m != "b" {
			t.Error("a message is not found")
		}
	})
}
