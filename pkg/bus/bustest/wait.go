package bustest

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// Eventually waits until something is so, for 30 seconds at most; then the test fails.
func Eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Publish stores one message.
func Publish(t *testing.T, b *bus.Bus, p bus.Post) {
	t.Helper()
	if _, err := b.Publish(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}
