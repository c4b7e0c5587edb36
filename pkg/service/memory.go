package service

import (
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// gcPercent makes the heap four times what lives in it: a bridge holds little and makes much garbage, and collecting it
// at twice, Go's own default, takes a tenth of the CPU.
const gcPercent = 300

// Memory says how much memory this process may take for less work of the garbage collector, unless GOGC or GOMEMLIMIT
// say it: at most nine tenths of what its container or machine has, where the collector works harder instead. Call it once, first.
func Memory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// an error means that nobody says how much there is
	_, _ = memlimit.Set(
		memlimit.WithProvider(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem)), memlimit.WithRatio(0.9),
	)
}
