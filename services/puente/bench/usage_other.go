//go:build !linux

package bench

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// used is what the system accounts to a process.
type used struct {
	cpu    time.Duration // user and system, since its start
	memory int64         // resident, in bytes
}

// usage asks ps about a process: "[[dd-]hh:]mm:ss.cc kilobytes".
func usage(pid int) (used, error) {
	out, err := exec.Command("ps", "-o", "time=,rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	words := strings.Fields(string(out))
	if len(words) != 2 {
		return used{}, fmt.Errorf("usage of process %d cannot be read", pid)
	}
	var seconds float64
	for _, part := range strings.FieldsFunc(words[0], func(r rune) bool { return r == ':' || r == '-' }) {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return used{}, fmt.Errorf("usage of process %d: %w", pid, err)
		}
		seconds = seconds*60 + n // a process of the bench does not live for days
	}
	kilobytes, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		return used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	return used{cpu: time.Duration(seconds * float64(time.Second)), memory: kilobytes << 10}, nil
}
