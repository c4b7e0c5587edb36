package render

import (
	"strings"
	"testing"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// A sentence stays one however many names it holds, and says how many it left out.
func TestNamesInASentence(t *testing.T) {
	t.Parallel()
	o, _ := written(0, false)
	names := strings.Split(strings.Repeat("x ", mostListed+2), " ")[:mostListed+2]
	for n, want := range map[int]string{0: "", 1: "x", 3: "x, x, x", mostListed: strings.TrimSuffix(strings.Repeat("x, ", mostListed), ", ")} {
		if got := o.List(names[:n]); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := o.List(names); strings.Count(got, "x") != mostListed || !strings.Contains(got, "2") {
		t.Errorf("%q", got)
	}
	noun := Noun{"message", "messages"}
	if got := o.Count(0, noun) + ", " + o.Count(1, noun) + ", " + o.Count(2, noun); got != "0 messages, 1 message, 2 messages" {
		t.Error(got)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	o, _ := written(0, false)
	r := &reasonv1.Reason{Code: "telegram.blocked", Fault: reasonv1.Fault_FAULT_CONTACT, En: "the contact blocked the bot", Es: "el contacto bloqueó el bot"}
	if o.Why(r) != r.En || o.Why(nil) != "" || o.Whose(nil) != "" || o.Whose(r) == "" {
		t.Errorf("%q, %q, %q, %q", o.Why(r), o.Why(nil), o.Whose(nil), o.Whose(r))
	}
	o.Words = In(Spanish)
	if o.Why(r) != r.Es {
		t.Error(o.Why(r))
	}
}
