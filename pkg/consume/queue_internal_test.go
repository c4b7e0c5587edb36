//go:build !race

package consume

import (
	"testing"

	"github.com/bonychat/puente/pkg/consume/internal/budget"
)

// What is pushed to a queue that has ended is not charged to the process for good.
func TestAnEndedQueueKeepsNothing(t *testing.T) {
	q := suspended()
	before := budget.Held()
	q.stop()
	q.push(waitingMessage(1, waitingBody(t, 1)))
	if left := budget.Held() - before; left != 0 {
		t.Errorf("%d bytes are kept", left)
	}
}
