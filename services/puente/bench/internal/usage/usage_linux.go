package usage

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

// Used is what the system accounts to a process.
type Used struct {
	CPU    time.Duration // user and system, since its start
	Memory int64         // resident, in bytes
}

// Of asks the system about a process. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
func Of(pid int) (Used, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Used{}, fmt.Errorf("usage of process %d: %w", pid, err)
	}
	// the name, in brackets, may hold anything: fields are counted from behind it, beginning with the third
	words := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(words) < 22 {
		return Used{}, fmt.Errorf("usage of process %d: %d fields", pid, len(words))
	}
	var numbers [3]int64
	for i, field := range []int{11, 12, 21} { // utime, stime, rss
		if numbers[i], err = strconv.ParseInt(words[field], 10, 64); err != nil {
			return Used{}, fmt.Errorf("usage of process %d: %w", pid, err)
		}
	}
	return Used{CPU: time.Duration(numbers[0]+numbers[1]) * tick, Memory: numbers[2] * int64(os.Getpagesize())}, nil
}
