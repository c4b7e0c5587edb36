package progress

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestThePositionPassesWhatIsFinishedOrSetAside, whatever finishes in whatever order: what is said of the partition is true of
// every entry of it.
func TestThePositionPassesWhatIsFinishedOrSetAside(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		dice := rand.New(rand.NewPCG(seed, 3))
		start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		p := New(10)
		unfinished, subjects, now := map[uint64]string{}, map[uint64]string{}, start
		read := map[uint64]time.Time{}
		for i := range 5 { // found from before
			s := fmt.Sprintf("s%d", i%2)
			p.Adopt(s)
			unfinished[uint64(i+1)], subjects[uint64(i+1)] = s, s
		}
		gone := map[uint64]bool{}
		last := uint64(10)
		for range 400 {
			switch now = now.Add(time.Duration(dice.IntN(1000)) * time.Millisecond); dice.IntN(4) {
			case 0, 1:
				last += 1 + dice.Uint64N(3)
				subjects[last] = fmt.Sprintf("s%d", dice.IntN(4))
				unfinished[last], read[last] = subjects[last], now
				p.Begin(last, subjects[last], now)
			case 2:
				for s := range unfinished {
					p.Finish(s, subjects[s])
					delete(unfinished, s)
					break
				}
			default:
				before := now.Add(-5 * time.Second)
				p.SetAside(before)
				position, aside := p.Passed()
				l := p.Leave()
				waiting := map[string]bool{}
				for s, subject := range unfinished {
					if s <= position {
						waiting[subject] = true
						if at, ok := read[s]; ok && !at.Before(before) {
							t.Fatalf("seed %d: %d was set aside after %s", seed, s, now.Sub(at))
						}
					}
				}
				if aside != (len(waiting) > 0) || l.Clear != (len(waiting) == 0) || l.Position != position {
					t.Fatalf("seed %d: aside %v, clear %v, and %d subjects have something unfinished", seed, aside, l.Clear, len(waiting))
				}
				for _, e := range l.Entries {
					if _, open := unfinished[e.Sequence]; open || gone[e.Sequence] || e.Sequence > position || e.Subject != subjects[e.Sequence] {
						t.Fatalf("seed %d: %v leaves", seed, e)
					}
					if l.Aside[e.Subject] != waiting[e.Subject] {
						t.Fatalf("seed %d: %s has something unfinished: %v", seed, e.Subject, waiting[e.Subject])
					}
					if dice.IntN(5) == 0 {
						p.Stay([]Place{e}) // the broker did not answer
						continue
					}
					gone[e.Sequence] = true
				}
			}
		}
		for s := range unfinished {
			p.Finish(s, subjects[s])
		}
		for _, e := range p.Leave().Entries {
			gone[e.Sequence] = true
		}
		if position, aside := p.Passed(); position != last && last > 10 || aside || len(gone) != len(subjects) {
			t.Errorf("seed %d: position %d of %d, aside %v, %d of %d left", seed, position, last, aside, len(gone), len(subjects))
		}
	}
}

// TestManyEntriesBehindOneAreBounded: the one is set aside, however new it is.
func TestManyEntriesBehindOneAreBounded(t *testing.T) {
	t.Parallel()
	p, now := New(0), time.Now()
	p.Begin(1, "slow", now)
	for s := uint64(2); s <= 3*openAtMost; s++ {
		p.Begin(s, "s", now)
		p.Finish(s, "s")
	}
	if position, aside := p.Passed(); position < 2*openAtMost || !aside || len(p.open) > openAtMost {
		t.Errorf("position %d, aside %v, %d open", position, aside, len(p.open))
	}
	if l := p.Leave(); l.Clear || !l.Aside["slow"] && len(l.Aside) > 0 || l.Aside["s"] {
		t.Errorf("%v may leave", l.Aside)
	}
}
