package child

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"sync/atomic"
)

// Address is a loopback port's.
func Address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// nextPort keeps two callers in one process apart.
var nextPort atomic.Int32

// FreePorts are free now, and below those that the system gives to outgoing connections: a process that is away must
// find its port again. No other call in this process returns them.
func FreePorts(n int) ([]int, error) {
	var all []int
	for tries := 0; tries < 10000 && len(all) < n; tries++ {
		port := 20000 + (os.Getpid()+int(nextPort.Add(1)))%12000
		l, err := net.Listen("tcp", Address(port))
		if err != nil {
			continue
		}
		_ = l.Close()
		all = append(all, port)
	}
	if len(all) < n {
		return nil, fmt.Errorf("fewer than %d free ports from 20000 to 32000", n)
	}
	return all, nil
}
