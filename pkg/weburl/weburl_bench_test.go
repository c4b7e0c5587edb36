package weburl_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/weburl"
)

// BenchmarkNormal is an address that is in its form already, as those of networks and of the platform are.
func BenchmarkNormal(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := weburl.Normal("https://graph.example.com/v23.0/106540352242922/messages"); err != nil {
			b.Fatal(err)
		}
	}
}
