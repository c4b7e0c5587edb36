package child

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// stopped says that every thread of a process has come to a stop, or is gone; also where that cannot be known.
func stopped(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			continue
		}
		// the name, in brackets, may hold anything
		state := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
		if len(state) > 0 && !strings.Contains("TtZX", state[0]) {
			return false
		}
	}
	return true
}
