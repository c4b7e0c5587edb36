//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// The point that was chosen, and how often it is still to be passed.
var (
	chosen Point
	left   atomic.Int64
)

func init() {
	name, times, _ := strings.Cut(os.Getenv(Variable), ":")
	chosen = Point(name)
	left.Store(1)
	if n, err := strconv.ParseInt(times, 10, 64); err == nil {
		left.Store(n)
	}
}

// Reach ends the process where this point was chosen, and it is the time to.
func (p Point) Reach() {
	if p != chosen || left.Add(-1) != 0 {
		return
	}
	fmt.Fprintln(os.Stderr, p.Last())
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
	select {} // nothing is done here any more
}
