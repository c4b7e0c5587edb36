package exit_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bonychat/puente/services/puente/operate/exit"
)

// Scripts and monitors rest on the numbers: they never change.
func TestStatuses(t *testing.T) {
	t.Parallel()
	if got := [...]int{exit.OK, exit.Failed, exit.Usage, exit.NotFound, exit.NeedsYou}; got != [...]int{0, 1, 2, 3, 4} {
		t.Error(got)
	}
}

// The status of an error is found whoever wrapped it on the way up, and an empty text adds nothing to what has been said.
func TestAnErrorCarriesItsStatus(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("where: %w", exit.With(exit.NotFound, "nothing is known of it"))
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.NotFound || err.Error() != "where: nothing is known of it" {
		t.Errorf("%v, %+v", err, e)
	}
	if text := exit.With(exit.NeedsYou, "").Error(); text != "" {
		t.Errorf("%q", text)
	}
}
