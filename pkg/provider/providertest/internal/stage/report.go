package stage

import (
	"bytes"
	"flag"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
)

// Update says that what is seen is taken for right and written down.
var Update = flag.Bool("update", false, "write the golden files anew")

// Reporter is what the kit says its findings to. It is less than [testing.TB], so that the kit's own test can listen.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Compare reports what differs, or takes it for right with -update.
func Compare(r Reporter, what string, want *string, got string) {
	r.Helper()
	if *Update {
		*want = got
		return
	}
	if diff := cmp.Diff(strings.TrimSpace(*want), strings.TrimSpace(got)); diff != "" {
		r.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Guard calls the network's code; a panic in it is an error.
func Guard(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	f()
	return nil
}

// Noting is a reporter that notes that something was reported.
type Noting struct {
	Reporter
	Any bool
}

// Note is a reporter that notes that something was reported to r.
func Note(r Reporter) *Noting { return &Noting{Reporter: r} }

// Errorf implements [Reporter].
func (h *Noting) Errorf(format string, args ...any) {
	h.Any = true
	h.Reporter.Errorf(format, args...)
}

// Clone is a call that shares nothing with c.
func Clone(c webhook.Call) webhook.Call {
	c.Header, c.Body = c.Header.Clone(), bytes.Clone(c.Body)
	return c
}
