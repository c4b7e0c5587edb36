package retention

import (
	"testing"
	"time"
)

func TestFinishedBefore(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	marks := []mark{{start, 3}, {start.Add(10 * time.Second), 7}, {start.Add(20 * time.Second), 7}, {start.Add(30 * time.Second), 9}}
	for after, want := range map[time.Duration]uint64{-time.Second: 0, 0: 3, 9 * time.Second: 3, 10 * time.Second: 7, 29 * time.Second: 7, time.Hour: 9} {
		if got := finishedBefore(marks, start.Add(after)); got != want {
			t.Errorf("%s: %d, want %d", after, got, want)
		}
	}
}

// TestTheOldestGoesFirst, ten seconds at a time, once it is old enough by what was stored since.
func TestTheOldestGoesFirst(t *testing.T) {
	t.Parallel()
	r := Retention{}
	for n := range int(tightKeep / markEvery) {
		r.marks = append(r.marks, mark{position: uint64(10 + n)})
	}
	if got := r.older(tightKeep); got != 0 {
		t.Errorf("up to %d, and nothing is old enough", got)
	}
	r.marks = append(r.marks, mark{position: 100}, mark{position: 101})
	for _, want := range []uint64{10, 11, 0} {
		got := r.older(tightKeep)
		if got != want {
			t.Errorf("up to %d, want %d", got, want)
		}
		r.gone = max(r.gone, got)
	}
	if got := r.older(tidyKeep); got != 0 {
		t.Errorf("up to %d, and nothing is an hour old", got)
	}
}
