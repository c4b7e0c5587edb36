package recent

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatIsRememberedIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Map[int, int]
		next := 0
		fresh := func() *int { next++; return &next }
		first := m.Of(0, fresh)
		for i := range 10 * most {
			if m.Of(0, fresh) != first {
				t.Fatal("one that is asked for all the time is forgotten")
			}
			m.Of(i+1, fresh)
			if n := len(m.young) + len(m.old); n > 2*most+1 {
				t.Fatalf("%d are remembered", n)
			}
		}
		time.Sleep(2 * kept)
		m.Of(1, fresh)
		time.Sleep(2 * kept)
		m.Of(1, fresh)
		if len(m.young)+len(m.old) != 2 {
			t.Errorf("%d and %d are remembered after a quiet time", len(m.young), len(m.old))
		}
	})
}
