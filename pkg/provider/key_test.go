package provider_test

import (
	"regexp"
	"testing"

	"github.com/bonychat/puente/pkg/provider"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A short key is another one for whatever the key is another one for.
func TestShortKeysTellMessagesApart(t *testing.T) {
	const id = "0197c3d40a1b7c2d8e3f4a5b6c7d8e9f"
	seen := map[string]bool{}
	for _, m := range []*messagev1.Message{
		{Id: id}, {Id: id + "0"}, {Id: id, Part: &messagev1.Part{Index: 1, Count: 2}}, {Id: id, Resent: 1},
	} {
		key := provider.ShortKey(m, 25)
		if key != provider.ShortKey(m, 25) || seen[key] || !regexp.MustCompile(`^[0-9a-v]{25}$`).MatchString(key) {
			t.Errorf("%v: %q", m, key)
		}
		seen[key] = true
	}
	for n, want := range map[int]int{0: 13, 13: 13, 32: 32, 100: 51} {
		if key := provider.ShortKey(&messagev1.Message{Id: id}, n); len(key) != want {
			t.Errorf("of %d: %q", n, key)
		}
	}
}

// A key of numbers too, within the bits that a network takes.
func TestNumberKeysTellMessagesApart(t *testing.T) {
	const id = "0197c3d40a1b7c2d8e3f4a5b6c7d8e9f"
	for _, c := range []struct{ bits, most int }{{31, 31}, {0, 31}, {53, 53}, {63, 63}, {100, 63}} {
		seen := map[int64]bool{}
		for _, m := range []*messagev1.Message{
			{Id: id}, {Id: id + "0"}, {Id: id, Part: &messagev1.Part{Index: 1, Count: 2}}, {Id: id, Resent: 1},
		} {
			key := provider.NumberKey(m, c.bits)
			if key != provider.NumberKey(m, c.bits) || seen[key] || key < 1 || uint64(key)>>c.most != 0 {
				t.Errorf("%d bits, %v: %d", c.bits, m, key)
			}
			seen[key] = true
		}
	}
}
