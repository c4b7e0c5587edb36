package rates

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
)

func TestEachContactHasARateOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewContacts(result.Rate{Sends: 2, Per: time.Minute})
		for _, test := range []struct {
			lane string
			want time.Duration
		}{{"ann", 0}, {"ann", 0}, {"ann", 30 * time.Second}, {"bob", 0}, {"ann", time.Minute}} {
			if got := c.Take(test.lane).Round(time.Millisecond); got != test.want {
				t.Errorf("%s waits %s, not %s", test.lane, got, test.want)
			}
		}
		if c.Full() {
			t.Error("who has used a limit has the whole of it")
		}
		time.Sleep(2 * time.Minute)
		if !c.Full() {
			t.Error("it does not refill")
		}
		if NewContacts(result.Rate{}).Take("ann") != 0 || !Full(Limiter(result.Rate{})) {
			t.Error("the zero rate bounds something")
		}
	})
}

// Contacts whose limit is whole are forgotten beyond a bound; those who have used theirs are not, since a new one would let them send.
func TestContactsAreForgottenWhenTheirLimitIsWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewContacts(result.Rate{Sends: 1, Per: time.Hour})
		for i := range contactsKept {
			c.Take(fmt.Sprint("early", i))
		}
		time.Sleep(59 * time.Minute)
		c.Take("late")
		if len(c.byLane) != contactsKept+1 {
			t.Errorf("%d are known", len(c.byLane))
		}
		time.Sleep(2 * time.Minute)
		c.Take("new")
		if len(c.byLane) != 2 || c.Take("late") == 0 {
			t.Errorf("%d are known, and the late one may send at once", len(c.byLane))
		}
	})
}
