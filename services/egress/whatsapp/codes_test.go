package whatsapp

import (
	"fmt"
	"strings"
	"testing"
)

// A reason says something to whoever reads it, in the words of none of Meta's texts, and names the code.
func TestReasons(t *testing.T) {
	for code, k := range codes {
		if k.why.IsZero() || (k.class == waits) != (k.pause > 0) {
			t.Errorf("%d: %+v", code, k)
		}
		if got := reasonFor(code); got.Validate() != nil || !strings.HasSuffix(got.String(), fmt.Sprintf("(%d)", code)) {
			t.Errorf("%d: %q", code, got)
		}
	}
}
