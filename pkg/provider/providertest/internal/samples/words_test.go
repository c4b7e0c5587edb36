package samples

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

// Words are exactly as long as they are to be, in every unit.
func TestWordsAreExact(t *testing.T) {
	for _, unit := range []provider.Unit{"", provider.UTF16, provider.Bytes, provider.GSM7} {
		for n := range 400 {
			if got := measure(words(n, unit), unit); got != n {
				t.Fatalf("%d %s: %d", n, unit, got)
			}
		}
	}
	if got := measure(foreign(160), provider.UTF16); got != 70 {
		t.Errorf("one SMS: %d", got)
	}
	if got := measure(foreign(306), provider.UTF16); got != 134 {
		t.Errorf("two SMS: %d", got)
	}
	if Lost("one two", []string{"xone", "{two}"}) != "" || Lost("one two", []string{"one"}) != "two" ||
		Lost("ñ0 a+b", []string{"GET /send?text=%C3%B10+a%2Bb&to=1\n100%"}) != "" || Lost("ñ1", []string{"GET /send?text=%C3%B10"}) != "ñ1" {
		t.Error("what is lost is not found")
	}
}
