package provider_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

func TestWhatIsEmptyIsNotJoined(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parts []string
		want  string
	}{{nil, ""}, {[]string{"", ""}, ""}, {[]string{"a"}, "a"}, {[]string{"", "a", "", "b", ""}, "a, b"}} {
		if got := provider.JoinNonEmpty(", ", test.parts...); got != test.want {
			t.Errorf("%q: got %q, want %q", test.parts, got, test.want)
		}
	}
}
