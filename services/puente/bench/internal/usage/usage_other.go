//go:build !linux

package usage

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Used is what the system accounts to a process.
type Used struct {
	CPU    time.Duration // user and system, since its start
	Memory int64         // resident, in bytes
}

// Of asks ps about a process: "[[dd-]hh:]mm:ss.cc kilobytes".
func Of(pid int) (Used, error) {
	out, err := exec.Command("ps", "-o", "time=,rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return Used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	words := strings.Fields(string(out))
	if len(words) != 2 {
		return Used{}, fmt.Errorf("usage of process %d cannot be read", pid)
	}
	var seconds float64
	for _, part := range strings.FieldsFunc(words[0], func(r rune) bool { return r == ':' || r == '-' }) {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return Used{}, fmt.Errorf("usage of process %d: %w", pid, err)
		}
		seconds = seconds*60 + n // a process of the bench does not live for days
	}
	kilobytes, err := strconv.ParseInt(words[1], 10, 64)
	if err != nil {
		return Used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	return Used{CPU: time.Duration(seconds * float64(time.Second)), Memory: kilobytes << 10}, nil
}
