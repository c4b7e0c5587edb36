package service

import (
	"sync"
	"syscall"
)

// Connections is how many connections of each kind a process has at once, at most. Together they are well below the limit of file
// descriptors, so that the store of an embedded broker always finds some: a stream that finds none stops.
type Connections struct {
	// Public is the bound for the public port, Internal for the internal port, and Outbound for calls to one network or the platform.
	Public, Internal, Outbound int
}

// Least and most of [Connections], whatever the process may have.
const (
	minConnections = 16
	maxInternal    = 64
	maxConnections = 1 << 16
)

// ConnectionsOf is the bounds for a process that may have so many descriptors: a quarter for the public port, an eighth for each
// destination, a sixteenth for the internal port. The rest is for the store and the broker's connections.
func ConnectionsOf(descriptors uint64) Connections {
	share := func(part uint64, most int) int { return int(min(max(descriptors/part, minConnections), uint64(most))) }
	return Connections{Public: share(4, maxConnections), Internal: share(16, maxInternal), Outbound: share(8, maxConnections)}
}

// OwnConnections is the bounds for this process. The system is asked once. The Go runtime has raised the limit of descriptors to the
// highest that is allowed by then (https://go.dev/doc/go1.19#os).
var OwnConnections = sync.OnceValue(func() Connections {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		limit.Cur = 1024
	}
	return ConnectionsOf(uint64(limit.Cur))
})
