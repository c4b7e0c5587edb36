package topology_test

import (
	"fmt"

	"github.com/bonychat/puente/pkg/topology"
)

// A subject says which stream stores it, and whom it is about.
func Example() {
	key := topology.Key("01a228a4e765", 0, 0)
	subject := topology.OutcomeSubject("telegram", "shop", key)
	far, channel := topology.PlaceOf(subject)
	fmt.Println(topology.StreamOf(subject), far, channel, topology.OutcomeKey(subject))

	s, _ := topology.Declared("EGRESS_telegram")
	fmt.Println(s.Name, "takes", s.PerSubject, "messages of one channel; full, it refuses:", s.Refuse)
	// Output:
	// OUTCOMES_telegram telegram shop 01a228a4e765-0-0
	// EGRESS_telegram takes 100000 messages of one channel; full, it refuses: true
}
