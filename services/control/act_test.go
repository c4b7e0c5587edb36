package control

import (
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// TestTheAuditHoldsIdsAlone: an operator may type a contact's address where an id belongs.
func TestTheAuditHoldsIdsAlone(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"k7m2q9x4t8w1zb": "k7m2q9x4t8w1zb", "tienda-telegram": "tienda-telegram", "01a2259363797cae949bcbccf000b656-0-0": "01a2259363797cae949bcbccf000b656-0-0",
		"": "", "+34600111222": "(not an id)", "34600111222": "(not an id)", "600-111-222": "(not an id)", "ana@example.com": "(not an id)",
		"@ana:example.org": "(not an id)", "hola, Ana": "(not an id)",
	} {
		for _, act := range []string{
			actOf(&controlv1.PauseChannelRequest{Channel: typed}).Target,
			actOf(&controlv1.DiscardFailuresRequest{Filter: &controlv1.FailureFilter{Key: typed}}).Target,
			actOf(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Channel: typed}}).Target,
		} {
			if act != want {
				t.Errorf("%q is written down as %q, want %q", typed, act, want)
			}
		}
	}
}
