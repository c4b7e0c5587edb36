//go:build !race

package consume

import "testing"

// What is pushed to a queue that has ended is not charged to the process for good.
func TestAnEndedQueueKeepsNothing(t *testing.T) {
	q := suspended()
	before := held.Load()
	q.stop()
	q.push(waitingMessage(1, waitingBody(t, 1)))
	if left := held.Load() - before; left != 0 {
		t.Errorf("%d bytes are kept", left)
	}
}
