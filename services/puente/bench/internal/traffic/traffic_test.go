package traffic

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestWhatAMessageBelongsTo(t *testing.T) {
	t.Parallel()
	if n := len(text(3, 12345)); n != 160 {
		t.Errorf("%d bytes", n)
	}
	phase, number, ok := find([]byte(`{"message":{"text":"` + text(3, 12345) + `"}}`))
	if phase != 3 || number != 12345 || !ok {
		t.Errorf("%d %d %v", phase, number, ok)
	}
	for _, foreign := range []string{"", "bench", "bench x 1 ", "bench 1 x ", "bench 1 2"} {
		if _, _, ok := find([]byte(foreign)); ok {
			t.Errorf("%q is taken for one", foreign)
		}
	}
}

func TestATallyCountsEachMessageOnce(t *testing.T) {
	t.Parallel()
	c := (&FarEnd{}).Expect(2, true)
	for _, n := range []int{0, 0, -1, 2, 1} {
		c.arrived(n)
	}
	c.told()
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := c.Wait(short); err == nil || !strings.Contains(err.Error(), "2 of 2 messages and 1 of 2 statuses") {
		t.Error(err)
	}
	c.told()
	if err := c.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// A phase is over when its own messages are there: what is late of the one before counts for neither.
func TestTheFarEndCountsThePhaseThatIs(t *testing.T) {
	t.Parallel()
	f := &FarEnd{}
	send := func(channel, body string) int {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/phone/"+channel+"/messages", strings.NewReader(body)))
		return w.Code
	}
	before := f.Expect(1, false)
	now := f.Expect(1, false)
	send("c0", text(before.Phase, 0))
	if n := now.count.Load() + before.count.Load(); n != 0 {
		t.Errorf("%d count of what is late", n)
	}
	f.OutOfOrder("c1")
	if status := send("c1", text(now.Phase, 0)); status != http.StatusServiceUnavailable || now.count.Load() != 0 {
		t.Errorf("a network that is out of order answers %d", status)
	}
	f.OutOfOrder("")
	if status := send("c1", text(now.Phase, 0)); status != http.StatusOK || now.Wait(t.Context()) != nil {
		t.Errorf("it answers %d", status)
	}
	if all := now.Arrivals(); len(all) != 1 || all[0] <= 0 {
		t.Errorf("%v", all)
	}
}
