package journal

import (
	"fmt"
	"testing"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// The id of an entry is known to the broker, and to a process of another version that tells the same again.
func TestTheIDOfAnEntryStays(t *testing.T) {
	t.Parallel()
	for _, e := range []*journalv1.Entry{
		{},
		{Id: "0197c3", Service: "egress-telegram", Hop: journalv1.Hop_HOP_SENT, Generation: 3, Part: 2, Attempts: 1<<32 - 1},
	} {
		want := fmt.Sprintf("journal-%s-%d-%d-%d-%s-%d%s", e.GetId(), e.GetGeneration(), e.GetPart(), e.GetHop(), e.GetService(), e.GetAttempts(), "-7")
		if got := idOf(e, "-7"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
