package service

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestAProcessIsHealthyWhateverItsChecksSay(t *testing.T) {
	t.Parallel()
	h := NewHealth()
	h.Add("broker", func(context.Context) error { return errors.New("away") })
	if w := get(h, "GET", "/healthz"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestReadySaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	type answer struct {
		Ready   bool              `json:"ready"`
		Missing map[string]string `json:"missing"`
	}
	h := NewHealth()
	for _, test := range []struct {
		name   string
		add    string
		err    error
		status int
		want   answer
	}{
		{"no checks", "", nil, 200, answer{true, map[string]string{}}},
		{"all is there", "broker", nil, 200, answer{true, map[string]string{}}},
		{"one is missing", "ingress", errors.New("no policy"), 503, answer{false, map[string]string{"ingress": "no policy"}}},
		{"two are missing", "translator", errors.New("starting"), 503, answer{false, map[string]string{"ingress": "no policy", "translator": "starting"}}},
		{"a check that is replaced", "ingress", nil, 503, answer{false, map[string]string{"translator": "starting"}}},
	} {
		if test.add != "" {
			h.Add(test.add, func(ctx context.Context) error {
				if _, bounded := ctx.Deadline(); !bounded {
					t.Error("a check may take for ever")
				}
				return test.err
			})
		}
		w := get(h, "GET", "/readyz")
		var got answer
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" || w.Code != test.status || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d: %s", test.name, w.Code, diff)
		}
	}
}

func TestHealthAnswersNothingElse(t *testing.T) {
	t.Parallel()
	h := NewHealth()
	if w := get(h, "HEAD", "/healthz"); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
	if w := get(h, "POST", "/readyz"); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
	if w := get(h, "GET", "/secret"); w.Code != 404 {
		t.Errorf("another path: %d", w.Code)
	}
}

func TestAnExpectedServiceIsNotReadyUntilItSaysSo(t *testing.T) {
	t.Parallel()
	h := NewHealth()
	h.Expect("translator")
	if got := get(h, http.MethodGet, "/readyz").Code; got != http.StatusServiceUnavailable {
		t.Errorf("%d before it serves, want 503", got)
	}
	h.Add("translator", func(context.Context) error { return nil })
	if got := get(h, http.MethodGet, "/readyz").Code; got != http.StatusOK {
		t.Errorf("%d once it serves, want 200", got)
	}
}

func TestWhatIsNotedMakesNothingUnready(t *testing.T) {
	t.Parallel()
	h := NewHealth()
	h.Note("networks", func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a note may take for ever")
		}
		return errors.New("courier: has not declared itself")
	})
	h.Note("other", func(context.Context) error { return nil })
	w := get(h, http.MethodGet, "/readyz")
	if want := `{"degraded":{"networks":"courier: has not declared itself"},"missing":{},"ready":true}` + "\n"; w.Code != http.StatusOK || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A check that hangs is answered from what was known, is one goroutine however often it is asked, and counts as missing once
// it has hung for too long.
func TestReadyDoesNotWaitForACheckThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHealth()
		var running, most, hang atomic.Int32
		h.Add("broker", func(ctx context.Context) error {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			if hang.Load() == 1 {
				time.Sleep(time.Minute) // it does not even heed its context
			}
			return nil
		})
		code := func() int {
			began := time.Now()
			w := get(h, http.MethodGet, "/readyz")
			if took := time.Since(began); took >= time.Second {
				t.Errorf("answered after %s of the test's clock", took)
			}
			return w.Code
		}
		if got := code(); got != http.StatusOK {
			t.Errorf("%d while it answers, want 200", got)
		}
		hang.Store(1)
		if got := code(); got != http.StatusOK {
			t.Errorf("%d from what was known, want 200", got)
		}
		for range 20 {
			code()
		}
		if got := code(); got != http.StatusServiceUnavailable {
			t.Errorf("%d when it has hung for long, want 503", got)
		}
		if most.Load() != 1 {
			t.Errorf("%d at once, want 1", most.Load())
		}
		hang.Store(0)
		time.Sleep(time.Minute)
		if got := code(); got != http.StatusOK {
			t.Errorf("%d once it answers again, want 200", got)
		}
	})
}

func TestReadyIsNotKnownBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHealth()
		h.Add("broker", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		if got := get(h, http.MethodGet, "/readyz").Code; got != http.StatusServiceUnavailable {
			t.Errorf("%d before anything is known, want 503", got)
		}
		time.Sleep(time.Minute)
	})
}
