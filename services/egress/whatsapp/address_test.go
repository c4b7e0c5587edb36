package whatsapp

import (
	"fmt"
	"strings"
	"testing"
)

func TestE164(t *testing.T) {
	for number, want := range map[string]string{
		"34600111222": "+34600111222", "+34600111222": "+34600111222", "0034600111222": "", "": "", "+": "", "34 600": "", "US.13": "",
		"1234567890123456": "", "++34600111222": "", "346001112２2": "",
	} {
		if got := e164(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

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
