package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the kernel's unit of CPU time towards programs: 100 a second on every architecture that Go runs on.
const tick = 10 * time.Millisecond

// used is what the system accounts to a process.
type used struct {
	cpu    time.Duration // user and system, since its start
	memory int64         // resident, in bytes
}

// usage asks the system about a process. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func usage(pid int) (used, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	// the name, in brackets, may hold anything: fields are counted from behind it, beginning with the third
	words := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(words) < 22 {
		return used{}, fmt.Errorf("usage of process %d: %d fields", pid, len(words))
	}
	var numbers [3]int64
	for i, field := range []int{11, 12, 21} { // utime, stime, rss
		if numbers[i], err = strconv.ParseInt(words[field], 10, 64); err != nil {
			return used{}, fmt.Errorf("usage of process %d: %w", pid, err)
		}
	}
	return used{cpu: time.Duration(numbers[0]+numbers[1]) * tick, memory: numbers[2] * int64(os.Getpagesize())}, nil
}
