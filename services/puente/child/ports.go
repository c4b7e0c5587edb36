package child

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Blocks of ports, below those that the system gives to outgoing connections: a process that is away must find its
// ports again.
const (
	firstPort  = 20000
	portBlocks = 180
	blockSize  = 64
	portsTaken = 40 // what a fleet needs at most
)

// TakePorts returns ports that are free, and no other fleet's as long as the listener is open: whoever else wants the
// block finds its first port taken, in whatever process.
func TakePorts() (guard net.Listener, free []int, err error) {
	for range 4 * portBlocks {
		first := firstPort + blockSize*rand.IntN(portBlocks)
		if guard, err = net.Listen("tcp", Address(first)); err != nil {
			continue
		}
		for port := first + 1; port < first+blockSize; port++ {
			l, err := net.Listen("tcp", Address(port))
			if err != nil {
				continue
			}
			_ = l.Close()
			free = append(free, port)
		}
		if len(free) >= portsTaken {
			return guard, free, nil
		}
		_ = guard.Close()
		free = nil
	}
	return nil, nil, errors.New("no block of free ports from 20000 to 31520")
}

// Address is a loopback port's.
func Address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
