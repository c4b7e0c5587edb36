package fault

import (
	"testing"
	"time"
)

// TestAnOutageIsTwoLines: its first failed try begins it, further ones of any message do not, and a message that fails by
// itself begins none with its later tries.
func TestAnOutageIsTwoLines(t *testing.T) {
	t.Parallel()
	var o Outage
	now := time.Now()
	if !o.Failed(true, now) {
		t.Error("the first try begins none")
	}
	for range 17 {
		if o.Failed(true, now) || o.Failed(false, now) {
			t.Error("a further try begins another")
		}
	}
	if was := o.End(); was.Tries != 35 || !was.Since.Equal(now) {
		t.Errorf("%+v", was)
	}
	if o.Failed(false, now) || o.End().Tries != 0 {
		t.Error("a message that fails alone begins one with its later tries")
	}
	if !o.Failed(true, now) {
		t.Error("the next one does not begin")
	}
}
