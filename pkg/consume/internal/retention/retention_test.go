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
