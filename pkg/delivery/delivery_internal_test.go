package delivery

import (
	"testing"
	"time"
)

// TestAStopGivesASendTheTimeThatItTakes, up to what the process is given: what is cut off may have been taken, and is
// sent again.
func TestAStopGivesASendTheTimeThatItTakes(t *testing.T) {
	t.Parallel()
	for longest, want := range map[time.Duration]time.Duration{
		time.Second: shortestGrace, 30 * time.Second: 35 * time.Second, time.Minute: 65 * time.Second, 3 * time.Minute: 65 * time.Second,
	} {
		c := &Config{Far: "testnet", SendTimeout: longest, StopGrace: 65 * time.Second, Channels: NewChannels()}
		if got := c.grace(); got != want {
			t.Errorf("a send of %s: %s, want %s", longest, got, want)
		}
		if got := newDispatcher(nil, c).activation.Grace; got != want {
			t.Errorf("the lease of a send of %s: %s, want %s", longest, got, want)
		}
	}
}
