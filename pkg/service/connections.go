package service

import (
	"sync"
	"syscall"
)

// Connections are how many connections of each kind a process takes at once. Together they are well below the descriptors
// that it may have, so that the store of an embedded broker always finds some: a stream that finds none stops.
type Connections struct {
	// Public are callers on the public port, Internal those who ask for health, Outbound calls to one far end.
	Public, Internal, Outbound int
}

// Least and most of [Connections], whatever the process may have.
const (
	minConnections = 16
	maxInternal    = 64
	maxConnections = 1 << 16
)

// ConnectionsOf are those of a process that may have so many descriptors: a quarter are for callers, an eighth for each
// far end, a sixteenth for who asks for health, and the rest for the store and the broker's own connections.
func ConnectionsOf(descriptors uint64) Connections {
	share := func(part uint64, most int) int { return int(min(max(descriptors/part, minConnections), uint64(most))) }
	return Connections{Public: share(4, maxConnections), Internal: share(16, maxInternal), Outbound: share(8, maxConnections)}
}

// OwnConnections are how many connections this process takes. The system is asked once; the Go runtime has raised the limit
// to the highest that is allowed by then (https://go.dev/doc/go1.19#os).
var OwnConnections = sync.OnceValue(func() Connections {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		limit.Cur = 1024
	}
	return ConnectionsOf(uint64(limit.Cur))
})
