package topology_test

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

func TestTheLimitsFitTheStore(t *testing.T) {
	t.Parallel()
	few := []string{"telegram"}
	many := []string{"telegram", "phone", "whatsapp", "line", "viber", "twilio", "matrix", "clicksend", "webhook"}
	for _, size := range []int64{0, 64 << 20, 2 << 30, 1 << 40} {
		alone := topology.LimitsOf(few, size, topology.KeepSent).ByName()
		for _, networks := range [][]string{nil, few, many} {
			whole, sum := max(size, 0), int64(0)
			if size == 0 {
				whole = topology.DefaultStore
			}
			for name, limit := range topology.LimitsOf(networks, size, topology.KeepSent).ByName() {
				sum += limit
				if limit < 64<<10 {
					t.Errorf("%d, %d networks: %s has %d bytes only", size, len(networks), name, limit)
				}
				if (name == topology.Index.Name || name == topology.Files.Name || name == topology.Messages.Name) && limit < alone[name]*99/100 {
					t.Errorf("%d: %s has %d bytes with %d networks and %d with one", size, name, limit, len(networks), alone[name])
				}
			}
			if sum > whole || sum < whole*9/10 {
				t.Errorf("%d, %d networks: the limits are %d together", size, len(networks), sum)
			}
		}
	}
}

// What is turned off and on again changes no other limit: a lower one could throw away what a stream holds.
func TestWithoutSentTheOtherLimitsAreTheSame(t *testing.T) {
	t.Parallel()
	with, without := topology.LimitsOf([]string{"telegram"}, 0, time.Hour), topology.LimitsOf([]string{"telegram"}, 0, 0)
	limits := without.ByName()
	for _, s := range with.Streams {
		switch limit, there := limits[s.Name]; {
		case s.Name == topology.Sent.Name:
			if there || s.MaxAge != time.Hour {
				t.Errorf("%v, there without: %t", s, there)
			}
		case limit != s.MaxBytes:
			t.Errorf("%s has %d with and %d without", s.Name, s.MaxBytes, limit)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{1 << 20: "1 MB", 20 << 30: "20 GB", 3 << 29: "1.5 GB", 1 << 40: "1 TB", 64 << 20: "64 MB"} {
		if got := topology.Size(bytes); got != want {
			t.Errorf("%d: %s, want %s", bytes, got, want)
		}
	}
}
