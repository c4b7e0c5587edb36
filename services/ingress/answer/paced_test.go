package answer_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/services/ingress/answer"
)

// deadlined is an answer that remembers until when it may be written.
type deadlined struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (d *deadlined) SetWriteDeadline(t time.Time) error { d.until = t; return nil }

// A reader has a time for each write, and for all together what their length allows: one that takes a little now and then
// cannot hold its place for hours.
func TestAReaderMustGoOnReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const pause, first, pace = 15 * time.Second, 30 * time.Second, 16 << 10
		to, leaving := &deadlined{ResponseRecorder: httptest.NewRecorder()}, &atomic.Bool{}
		w, began := answer.Pace(to, pause, leaving), time.Now()
		w.WriteHeader(http.StatusOK)
		if got := to.until.Sub(began); got != pause {
			t.Errorf("the head may take %s, want %s", got, pause)
		}
		time.Sleep(20 * time.Second)
		_, _ = w.Write(make([]byte, 2*pace))
		if got := to.until.Sub(began); got != first {
			t.Errorf("all may take %s, want %s: nothing was taken yet", got, first)
		}
		time.Sleep(5 * time.Second)
		_, _ = w.Write(make([]byte, 100*pace))
		if got := to.until.Sub(began); got != first+2*time.Second {
			t.Errorf("all may take %s, want %s for what was taken", got, first+2*time.Second)
		}
		_, _ = w.Write([]byte("x"))
		if got := time.Until(to.until); got != pause {
			t.Errorf("a write may take %s, want %s: much was taken", got, pause)
		}
		if to.Header().Get("Connection") != "" {
			t.Error("the connection ends, and the service does not")
		}
	})
}

// Where the service is leaving the connection ends with its answer: a next call on it would have none.
func TestTheLastAnswerEndsItsConnection(t *testing.T) {
	t.Parallel()
	to, leaving := &deadlined{ResponseRecorder: httptest.NewRecorder()}, &atomic.Bool{}
	leaving.Store(true)
	if answer.Pace(to, time.Second, leaving).WriteHeader(http.StatusOK); to.Result().Header.Get("Connection") != "close" {
		t.Errorf("%v", to.Result().Header)
	}
}
