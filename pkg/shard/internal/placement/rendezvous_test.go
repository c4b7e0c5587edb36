package placement

import (
	"fmt"
	"testing"
)

// TestOnlyItsShareMoves: who comes takes about its part of the shards, from everybody; who goes leaves the rest alone.
func TestOnlyItsShareMoves(t *testing.T) {
	t.Parallel()
	const keys = 3000
	for members := 1; members <= 6; members++ {
		few, more := map[string]bool{}, map[string]bool{}
		for i := range members {
			few[fmt.Sprintf("translator-%08x", i)], more[fmt.Sprintf("translator-%08x", i)] = true, true
		}
		newcomer := "translator-ffffffff"
		more[newcomer] = true
		moved, owned := 0, map[string]int{}
		for k := range keys {
			key := fmt.Sprintf("unit.translator.MESSAGES-%d", k)
			before, after := Rendezvous(key, few), Rendezvous(key, more)
			owned[after]++
			if before == after {
				continue
			}
			if moved++; after != newcomer {
				t.Fatalf("%s moves from %s to %s when another comes", key, before, after)
			}
		}
		share := keys / (members + 1)
		if moved < share*8/10 || moved > share*12/10 {
			t.Errorf("%d members and one more: %d of %d moved, want about %d", members, moved, keys, share)
		}
		for member, n := range owned {
			if n < share*8/10 || n > share*12/10 {
				t.Errorf("%d members: %s has %d, want about %d", members+1, member, n, share)
			}
		}
	}
	if got := Rendezvous("unit.translator.MESSAGES-0", nil); got != "" {
		t.Errorf("of nobody: %q", got)
	}
}

// TestAllVersionsChooseTheSame: two that do not would hand shards to each other.
func TestAllVersionsChooseTheSame(t *testing.T) {
	t.Parallel()
	members := map[string]bool{"translator-0a1b2c3d": true, "translator-4e5f6071": true, "translator-8293a4b5": true}
	for key, want := range map[string]string{
		"unit.translator.MESSAGES-0":               "translator-4e5f6071",
		"unit.translator.MESSAGES-1":               "translator-0a1b2c3d",
		"unit.egress-telegram.account-x":           "translator-4e5f6071",
		"unit.egress-telegram.EGRESS_telegram-ch1": "translator-0a1b2c3d",
	} {
		if got := Rendezvous(key, members); got != want {
			t.Errorf("%s belongs to %s, want %s", key, got, want)
		}
	}
}
