package bustest

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// Requests tells what is asked of the broker under a subject from now on: what is returned gives the bodies that came since it was
// called last, in their order; all that the broker has answered by then is among them.
func Requests(t testing.TB, b *bus.Bus, subject string) (since func() [][]byte) {
	t.Helper()
	asked, err := b.Conn().SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	return func() (bodies [][]byte) {
		t.Helper()
		if err := b.Conn().Flush(); err != nil {
			t.Fatal(err)
		}
		for {
			n, _, err := asked.Pending()
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				return bodies
			}
			m, err := asked.NextMsg(time.Second)
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, m.Data)
		}
	}
}
