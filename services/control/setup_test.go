package control_test

import (
	"fmt"
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/reason"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Status says what fails by the fault of a set-up, as the dead letters are at that moment: new ones, and without those that were
// discarded, wherever in the stream they stood.
func TestStatusKnowsWhatFailsByItsSetUp(t *testing.T) {
	t.Parallel()
	a := start(t)
	why := reason.New("toy.closed", reason.Setup, "the account is closed", "la cuenta está cerrada")
	says := func() uint64 {
		t.Helper()
		status, err := a.system(reader).Status(t.Context(), connect.NewRequest(&controlv1.StatusRequest{}))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range status.Msg.GetNeeds() {
			if n.GetWhy().GetCode() == "toy.closed" {
				var count uint64
				if _, err := fmt.Sscanf(n.GetRemedy(), "%d failed", &count); err != nil {
					t.Fatal(err)
				}
				return count
			}
		}
		return 0
	}
	discard := func(f *controlv1.FailureFilter) {
		t.Helper()
		if _, err := a.failures().DiscardFailures(t.Context(), with(writer, &controlv1.DiscardFailuresRequest{Filter: f, Reason: "x"})); err != nil {
			t.Fatal(err)
		}
	}
	if n := says(); n != 0 {
		t.Errorf("before: %d", n)
	}
	for i := range 3 {
		a.bury("A", fmt.Sprintf("01a2259364287db1b1443304ddae5e%02x", i), why)
	}
	a.bury("A", "01a2259364287db1b1443304ddae5eff", blocked)
	for i := range 3 { // asked twice, nothing new is read
		if n := says(); n != 3 {
			t.Errorf("time %d: %d, not 3", i, n)
		}
	}
	a.bury("A", "01a2259364287db1b1443304ddae5ef0", why)
	if n := says(); n != 4 {
		t.Errorf("with one more: %d", n)
	}
	discard(&controlv1.FailureFilter{Number: 2}) // of the middle
	if n := says(); n != 3 {
		t.Errorf("without one of the middle: %d", n)
	}
	discard(&controlv1.FailureFilter{Number: 1}) // the first
	a.bury("A", "01a2259364287db1b1443304ddae5ef1", why)
	if n := says(); n != 3 {
		t.Errorf("without the first, with a new one: %d", n)
	}
	discard(&controlv1.FailureFilter{Reason: "toy.closed"})
	if n := says(); n != 0 {
		t.Errorf("without any: %d", n)
	}
}
