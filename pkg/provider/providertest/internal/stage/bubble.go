package stage

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// Bubble runs f at [conversation.Now], where time stands still as long as anything can go on: it moves only when everything waits. A network that
// sleeps is found by that, however slow the machine is, and one that hangs is not waited for. What f leaves behind, and
// nothing can wake, is reported.
func Bubble(t *testing.T, r Reporter, f func()) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			if !strings.Contains(fmt.Sprint(p), "deadlock") {
				panic(p)
			}
			r.Errorf("something of the network's goes on for ever: it waits for what cannot come any more")
		}
	}()
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(conversation.Now)) // no time passes outside
		f()
	})
}
