package page_test

import (
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/control/page"
)

func FuzzPlace(f *testing.F) {
	for _, place := range []uint64{0, 1, 127, 128, 1 << 40, 1<<64 - 1} {
		f.Add(page.Token(place))
	}
	for _, token := range []string{"AA", "AQA", "AYCA", "====", "ü", "AQEB"} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		place, err := page.Place(token)
		switch {
		case err != nil && connect.CodeOf(err) != connect.CodeInvalidArgument:
			t.Errorf("%q: %v", token, err)
		case err == nil && page.Token(place) != token:
			t.Errorf("%q is taken, and %d is written as %q", token, place, page.Token(place))
		}
	})
}
