package words

import (
	"fmt"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 25 {
		many = append(many, fmt.Sprint("n", i))
	}
	for got, want := range map[string]string{
		Count(0, "channel"):     "0 channels",
		Count(1, "channel"):     "1 channel",
		Count(2, "dead letter"): "2 dead letters",
		There(nil):              "there is none at all",
		There(many[:1]):         "there is only n0",
		There(many[:2]):         "there are n0, n1",
		List(nil):               "",
		List(many[:2]):          "n0, n1",
		List(many[:20]):         strings.Join(many[:20], ", "),
		List(many):              strings.Join(many[:20], ", ") + " and 5 more",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
