package retention

import (
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// TestTimeCountsWhileOutcomesAreStored: a message waits in EGRESS_*, so that any outcome since may be needed. While nothing is stored, as
// when the service does not run, all stay, however long that is. While it runs, those of ten minutes ago go.
func TestTimeCountsWhileOutcomesAreStored(t *testing.T) {
	t.Parallel()
	const network = "testnet"
	s := bustest.Start(t, network)
	b := s.Connect("translator")
	outcomes := topology.Outcomes(network)
	s.Bound(outcomes.Name, 1<<20)
	store := func(subject string, n, size int) {
		bustest.Publish(t, b, bus.Post{Subject: subject, ID: fmt.Sprint(subject, n), Body: &webhookv1.Call{Body: make([]byte, size)}})
	}
	store(topology.EgressSubject(network, "a"), 0, 0)
	const stored = 85 // of the 100 or so for which there is room
	for n := range stored {
		store(topology.OutcomeSubject(network, "a", "m"), n, 10<<10)
	}
	bustest.Eventually(t, "it is known that the stream is tight", func() bool { return b.Fill(t.Context(), outcomes.Name) >= tightFrom })
	r := Retention{Bus: b, Stream: outcomes.Name, Filter: outcomes.Subjects[0]}
	look := func() uint64 {
		r.looked = time.Time{}
		r.Tick(t.Context(), stored)
		state, err := b.State(t.Context(), outcomes.Name)
		if err != nil {
			t.Fatal(err)
		}
		return state.Messages
	}
	for range 2 * int(tidyKeep/markEvery) {
		if got := look(); got != stored {
			t.Fatalf("%d of %d are left", got, stored)
		}
	}
	for range int(tightKeep / markEvery) { // as many looks have found something new
		r.marks = append(r.marks, mark{time.Now(), stored})
	}
	store(topology.OutcomeSubject(network, "a", "m"), stored, 0)
	bustest.Eventually(t, "the old ones go, and the new one stays", func() bool { return look() == 1 })
}
