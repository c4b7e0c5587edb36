package bus_test

import (
	"fmt"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
)

func TestTheBacklogIsWhatWaits(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("ingress")
	for i := range 3 {
		publish(t, b, post(event(fmt.Sprint(i), "ann", 0, 1)))
	}
	for channel, want := range map[string]uint64{channel: 3, "another": 0} {
		if got, err := b.Backlog(t.Context(), far, channel); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", channel, got, err, want)
		}
	}
}
