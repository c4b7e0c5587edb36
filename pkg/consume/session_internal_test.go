//go:build !race

package consume

import "testing"

// A delivery that was under way when its session ended is not charged to the process for good.
func TestAnEndedSessionKeepsNothing(t *testing.T) {
	s := suspended(t.Context())
	before := held.Load()
	s.set.Stop()
	s.forget()
	s.push(waitingMessage(1, waitingBody(t, 1)))
	if left := held.Load() - before; left != 0 {
		t.Errorf("%d bytes are kept", left)
	}
}
