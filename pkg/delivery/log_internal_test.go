package delivery

import (
	"testing"
	"time"
)

// TestAnOutageIsTwoLines: its first failed try begins it, further ones of any message do not, and a message that fails by
// itself begins none with its later tries.
func TestAnOutageIsTwoLines(t *testing.T) {
	t.Parallel()
	var o outage
	now := time.Now()
	if !o.failed(true, now) {
		t.Error("the first try begins none")
	}
	for range 17 {
		if o.failed(true, now) || o.failed(false, now) {
			t.Error("a further try begins another")
		}
	}
	if was := o.end(); was.tries != 35 || !was.since.Equal(now) {
		t.Errorf("%+v", was)
	}
	if o.failed(false, now) || o.end().tries != 0 {
		t.Error("a message that fails alone begins one with its later tries")
	}
	if !o.failed(true, now) {
		t.Error("the next one does not begin")
	}
}
