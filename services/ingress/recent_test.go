package ingress

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatIsRememberedIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m recent[int, int]
		next := 0
		fresh := func() *int { next++; return &next }
		first := m.of(0, fresh)
		for i := range 10 * maxRecent {
			if m.of(0, fresh) != first {
				t.Fatal("one that is asked for all the time is forgotten")
			}
			m.of(i+1, fresh)
			if n := len(m.young) + len(m.old); n > 2*maxRecent+1 {
				t.Fatalf("%d are remembered", n)
			}
		}
		time.Sleep(2 * keptRecent)
		m.of(1, fresh)
		time.Sleep(2 * keptRecent)
		m.of(1, fresh)
		if len(m.young)+len(m.old) != 2 {
			t.Errorf("%d and %d are remembered after a quiet time", len(m.young), len(m.old))
		}
	})
}
