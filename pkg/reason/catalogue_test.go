package reason_test

import (
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/reason"
)

// Every reason of Puente's own is declared as one of a network has to be, and once.
func TestOwnReasons(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range reason.Own() {
		if err := r.Declared(); err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(r.Code(), "puente.") {
			t.Errorf("%q does not begin with puente.", r.Code())
		}
		for _, said := range []string{r.Code(), r.Text(reason.English), r.Text(reason.Spanish)} {
			if seen[said] {
				t.Errorf("%q is there twice", said)
			}
			seen[said] = true
		}
	}
	if len(seen) == 0 {
		t.Error("there are none")
	}
}
