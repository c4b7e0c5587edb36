package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

func TestHowLongTextsAreKept(t *testing.T) {
	const rest = "\nchannels: []\n"
	for text, want := range map[string]time.Duration{
		"": topology.KeepSent, "retention: {}": topology.KeepSent, "retention: {sent: 0}": 0, "retention: {sent: 0s}": 0, "retention: {sent: 1m}": time.Minute,
		"retention: {sent: 168h}": topology.MostSent,
	} {
		if c := must(t, text+rest); c.Retention.Sent != want {
			t.Errorf("%q: %s, want %s", text, c.Retention.Sent, want)
		}
	}
	for _, text := range []string{"retention: {sent: 30s}", "retention: {sent: 169h}", "retention: {sent: -1h}", "retention: {sent: 5}", "retention: {sent: long}"} {
		if _, err := parse(t, text+rest); err == nil || !strings.Contains(err.Error(), "retention.sent: must be") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
