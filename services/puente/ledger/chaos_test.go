package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheSeedReproducesTheSchedule(t *testing.T) {
	t.Parallel()
	o := Options{Messages: 2000, Contacts: 40, Channels: 4, Kills: 5, Pauses: 2, Rolls: 1, Nodes: 2, Layout: Cluster, Seed: 3}
	if diff := cmp.Diff(o.plan(), o.plan()); diff != "" {
		t.Error(diff)
	}
	other := o
	other.Seed = 4
	if cmp.Equal(o.plan(), other.plan()) {
		t.Error("another seed gives the same schedule")
	}
	for i := range 100 {
		if a, b := dice(3).fault(phoneFaults, "lane", i), dice(3).fault(phoneFaults, "lane", i); a != b {
			t.Errorf("message %d: %q and %q", i, a, b)
		}
	}
}
